/** A word to the person that passes, and a question that waits. */

import { ElMessage, ElMessageBox } from "element-plus";
import "element-plus/es/components/message/style/css";
import "element-plus/es/components/message-box/style/css";

import common from "@/texts/common.ts";
import { useTexts } from "@/texts/index.ts";

/** Says that something was done. */
export function done(message: string): void {
  ElMessage({ message, type: "success", grouping: true });
}

/** Asks before something that can't be taken back. `no`: what not doing it is called, where that isn't plain. */
export async function confirmed(title: string, message: string, yes: string, no?: string): Promise<boolean> {
  const { t } = useTexts(common);
  try {
    await ElMessageBox.confirm(message, title, { confirmButtonText: yes, cancelButtonText: no ?? t("cancel"), type: "warning" });
    return true;
  } catch {
    return false;
  }
}
