import { texts } from "@/texts/index.ts";

/** 应用权限 and 授权 (J14). */
export default texts(
  "permissions",
  {
    grants: {
      heading: "人员授权",
      hint: "每格为该人员在该应用中的操作权限，点击可修改，立即生效。",
      saved: "已保存 {person} 的授权",
      changed: "他人刚刚修改过 {person} 的授权，已载入最新内容，请核对后重新修改。",
      no_entitlements: "企业还没有开通任何应用，请先在“应用权限”中开通。",
    },
    entitlements: {
      heading: "应用权限",
      hint: "本企业在“单一窗口”使用的应用及操作。操作员的授权不能超出这里的范围。",
      open: "未认证企业可用",
      all: "全部",
      count: "已开通 {chosen} / {all}",
      save: "保存修改",
      undo: "放弃修改",
      saved: "应用权限已保存",
      changed: "他人刚刚修改过，已载入最新内容，请核对后重新修改。",
      taken_title: "取消应用权限",
      between: "；",
      taken: "以下权限将被取消，操作员已有的相应授权也会同时取消：{list}",
      none: "企业未开通",
    },
    mine: {
      heading: "我的权限",
      limited: {
        no_enterprise: "您还没有关联企业，没有任何权限。",
        suspended: "您已被停用，授权暂不生效。",
        enterprise_unverified: "企业尚未认证，只有标明开放的应用可以使用。",
      },
      none: "您还没有任何应用权限，请联系企业管理员授权。",
    },
  },
  {
    grants: {
      heading: "Grants",
      hint: "Each cell says what a person may do in an application. Click one to change it; it takes effect at once.",
      saved: "The grants of {person} were saved",
      changed: "Somebody else has just changed the grants of {person}. The newest are shown; please look and change them again.",
      no_entitlements: "The enterprise is entitled to nothing yet: begin with the entitlements.",
    },
    entitlements: {
      heading: "Entitlements",
      hint: "The applications that the enterprise uses, and what is done in them. No operator can be granted more.",
      open: "Usable unverified",
      all: "All",
      count: "{chosen} of {all}",
      save: "Save",
      undo: "Undo",
      saved: "The entitlements were saved",
      changed: "Somebody else has just changed this. The newest is shown; please look at it and change it again.",
      taken_title: "Take entitlements away",
      between: "; ",
      taken: "These are taken away, and with them what operators were granted: {list}",
      none: "None",
    },
    mine: {
      heading: "My permissions",
      limited: {
        no_enterprise: "You belong to no enterprise, so you may do nothing.",
        suspended: "You are suspended; what you were granted doesn't count.",
        enterprise_unverified: "The enterprise isn't verified: only applications marked as open can be used.",
      },
      none: "Nothing was granted to you yet; ask your administrator.",
    },
  },
);
