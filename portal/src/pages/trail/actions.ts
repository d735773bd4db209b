import { language, type Language } from "@/texts/index.ts";

/**
 * What the audit's actions are called by people, Chinese and English. A change has a dotted name of its own; a refused attempt has the
 * name of the route. What isn't here is shown by its name.
 */
const NAMES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  "account.activated": ["激活账号", "Account activated"],
  "account.created": ["建立账号", "Account made"],
  "account.locked": ["锁定账号", "Account locked"],
  "account.phone_changed": ["更换手机号", "Phone changed"],
  "account.revealed": ["查看完整证件号码", "Id number revealed"],
  "account.unlocked": ["解锁账号", "Account unlocked"],
  "account.updated": ["修改联系信息", "Contact data changed"],
  "association.approved": ["通过关联申请", "Request to join approved"],
  "association.rejected": ["驳回关联申请", "Request to join rejected"],
  "association.requested": ["申请关联企业", "Request to join"],
  "association.withdrawn": ["撤回关联申请", "Request to join withdrawn"],
  "audit.exported": ["导出审计日志", "Audit exported"],
  "card.bound": ["绑定 IC 卡", "Card bound"],
  "card.bound_by_staff": ["平台代为绑卡", "Card bound by staff"],
  "card.unbound": ["解绑 IC 卡", "Card unbound"],
  "card.unbound_by_staff": ["平台代为解卡", "Card unbound by staff"],
  "enterprise.administrator": ["变更企业管理员", "Administrator changed"],
  "enterprise.created": ["登记企业", "Enterprise entered"],
  "enterprise.joined": ["加入企业", "Enterprise joined"],
  "enterprise.refused": ["企业认证未通过", "Enterprise refused"],
  "enterprise.synced": ["同步登记信息", "Registry taken over"],
  "enterprise.updated": ["修改企业联系信息", "Enterprise's contact changed"],
  "enterprise.verified": ["企业认证", "Enterprise verified"],
  "entitlements.changed": ["修改应用权限", "Entitlements changed"],
  "grants.changed": ["修改人员授权", "Grants changed"],
  "invitation.declined": ["谢绝邀请", "Invitation declined"],
  "invitation.withdrawn": ["撤回邀请", "Invitation taken back"],
  "operator.created": ["新增操作员", "Operator added"],
  "operator.invited": ["邀请操作员", "Operator invited"],
  "operator.joined": ["操作员加入", "Operator joined"],
  "operator.password_reset": ["重置操作员密码", "Operator's password reset"],
  "operator.removed": ["删除操作员", "Operator removed"],
  "operator.resumed": ["恢复操作员", "Operator resumed"],
  "operator.suspended": ["停用操作员", "Operator suspended"],
  "operator.updated": ["修改操作员", "Operator changed"],
  "password.changed": ["修改密码", "Password changed"],
  "password.reset": ["重新设置密码", "Password reset"],
  "qualification.created": ["登记资质", "Qualification entered"],
  "qualification.removed": ["删除资质", "Qualification removed"],
  "qualification.updated": ["修改资质", "Qualification changed"],
  "registration.completed": ["完成注册", "Registration completed"],
  "registration.started": ["开始注册", "Registration begun"],
  "registry.imported": ["导入企业登记信息", "Registry imported"],
  "reminders.sent": ["发送到期提醒", "Reminders sent"],
  "seal.authorized": ["启用印章", "Seal put into use"],
  "seal.changed": ["修改印章", "Seal changed"],
  "seal.created": ["制作印章", "Seal made"],
  "seal.default": ["设为默认印章", "Seal made the default"],
  "seal.deleted": ["删除印章", "Seal deleted"],
  "seal.disabled": ["停用印章", "Seal disabled"],
  "seal.enabled": ["恢复印章", "Seal used again"],
  "session.ended": ["退出登录", "Logged out"],
  "session.opened": ["登录", "Logged in"],
  "session.revoked": ["结束会话", "Session ended"],
  "settings.changed": ["修改账户设置", "Settings changed"],
  "signature.authorized": ["启用签名", "Signature put into use"],
  "signature.created": ["制作签名", "Signature made"],
  "signature.default": ["设为默认签名", "Signature made the default"],
  "signature.deleted": ["删除签名", "Signature deleted"],
  "signature.disabled": ["停用签名", "Signature disabled"],
  "signature.enabled": ["恢复签名", "Signature used again"],
  "staff.added": ["新增平台工作人员", "Staff added"],
  // Attempts that were refused, by the operation of the route.
  accept_invitation: ["接受邀请", "Accept an invitation"],
  activate_account: ["激活账号", "Activate the account"],
  approve_association: ["通过关联申请", "Approve a request to join"],
  authorize_seal: ["启用印章", "Put a seal into use"],
  authorize_signature: ["启用签名", "Put a signature into use"],
  bind_card: ["绑定 IC 卡", "Bind a card"],
  change_password: ["修改密码", "Change the password"],
  change_phone: ["更换手机号", "Change the phone"],
  change_seal: ["修改印章", "Change a seal"],
  check: ["查询权限", "Check permissions"],
  check_seal: ["检查印章图样", "Check a seal's image"],
  create_operator: ["新增操作员", "Add an operator"],
  create_qualification: ["登记资质", "Enter a qualification"],
  create_seal: ["制作印章", "Make a seal"],
  create_session: ["登录", "Log in"],
  create_signature: ["制作签名", "Make a signature"],
  decline_invitation: ["谢绝邀请", "Decline an invitation"],
  delete_operator: ["删除操作员", "Remove an operator"],
  delete_qualification: ["删除资质", "Remove a qualification"],
  delete_seal: ["删除印章", "Delete a seal"],
  delete_signature: ["删除签名", "Delete a signature"],
  disable_seal: ["停用印章", "Disable a seal"],
  disable_signature: ["停用签名", "Disable a signature"],
  enable_seal: ["恢复印章", "Use a seal again"],
  enable_signature: ["恢复签名", "Use a signature again"],
  get_enterprise: ["查看企业信息", "See the enterprise"],
  get_entitlements: ["查看应用权限", "See the entitlements"],
  get_grants: ["查看授权", "See grants"],
  get_my_card: ["查看绑定的卡", "See the bound card"],
  get_operator: ["查看操作员", "See an operator"],
  get_qualification: ["查看资质", "See a qualification"],
  get_seal: ["查看印章", "See a seal"],
  get_seal_image: ["查看印章图样", "See a seal's image"],
  get_seal_structure: ["下载电子印章", "Download a seal"],
  list_associations: ["查看关联申请", "See requests to join"],
  list_enterprise_audit: ["查看操作日志", "See the audit"],
  list_grants: ["查看人员授权", "See grants"],
  list_operators: ["查看操作员", "See operators"],
  list_qualifications: ["查看资质", "See qualifications"],
  list_seals: ["查看印章", "See seals"],
  look_up_enterprise: ["查询企业登记信息", "Ask the registry"],
  register: ["注册账号", "Register"],
  reject_association: ["驳回关联申请", "Reject a request to join"],
  replace_settings: ["修改账户设置", "Change the settings"],
  request_association: ["申请关联企业", "Ask to join"],
  request_card_challenge: ["请求 IC 卡签名", "Ask for a card's signature"],
  reset_operator_password: ["重置操作员密码", "Reset an operator's password"],
  reset_password: ["重新设置密码", "Reset the password"],
  resume_operator: ["恢复操作员", "Resume an operator"],
  set_default_seal: ["设为默认印章", "Make a seal the default"],
  set_default_signature: ["设为默认签名", "Make a signature the default"],
  set_entitlements: ["修改应用权限", "Set the entitlements"],
  set_grants: ["修改人员授权", "Set grants"],
  suspend_operator: ["停用操作员", "Suspend an operator"],
  sync_enterprise: ["同步登记信息", "Synchronise"],
  transfer_administrator: ["变更企业管理员", "Hand the administration over"],
  unbind_card: ["解绑 IC 卡", "Unbind a card"],
  update_enterprise: ["修改企业联系信息", "Change the enterprise's contact"],
  update_me: ["修改联系信息", "Change contact data"],
  update_operator: ["修改操作员", "Change an operator"],
  update_qualification: ["修改资质", "Change a qualification"],
  withdraw_association: ["撤回关联申请", "Withdraw a request to join"],
};

const PLACE: Record<Language, 0 | 1> = { "zh-CN": 0, en: 1 };

/** What an action is called in the language of the moment. */
export function actionName(action: string): string {
  return NAMES[action]?.[PLACE[language.value]] ?? action;
}

/** The changes: what has a dotted name. */
const CHANGES = Object.keys(NAMES).filter((action) => action.includes("."));

/** What the changes are called. */
export function actionNames(): string[] {
  return CHANGES.map(actionName);
}

/** The code of what somebody typed: the name of a change, or a code itself. */
export function actionOf(text: string): string {
  const typed = text.trim();
  return CHANGES.find((action) => actionName(action) === typed) ?? typed;
}
