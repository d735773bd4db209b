/** A word to the person that passes, and a question that waits. */

import { ElMessage, ElMessageBox } from "element-plus";
import "element-plus/es/components/message/style/css";
import "element-plus/es/components/message-box/style/css";

import common from "@/texts/common.ts";
import { useTexts } from "@/texts/index.ts";

/** Says that something was done. */
export function done(message: string): void {
  // One word at a time, the newest. Not grouped: the same word again would be counted with the one that is just going, and go with it.
  ElMessage.closeAll();
  ElMessage({ message, type: "success" });
}

/** Asks before something that can't be taken back. `no`: what not doing it is called, where that isn't plain. */
export async function confirmed(title: string, message: string, yes: string, no?: string): Promise<boolean> {
  const { t } = useTexts(common);
  try {
    // Not closed by a click beside it: the second one of a double click falls there.
    const options = { confirmButtonText: yes, cancelButtonText: no ?? t("cancel"), type: "warning", closeOnClickModal: false } as const;
    await ElMessageBox.confirm(message, title, options);
    return true;
  } catch {
    return false;
  }
}
