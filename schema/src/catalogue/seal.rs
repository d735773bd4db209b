//! Seals and signature images (J15, J16).

use super::refusals;

refusals! { SEAL:
    SEAL_LEGAL_PERSON_CARD_REQUIRED = "seal.legal_person_card_required", 403, AfterFix {
        title: "须使用法人卡登录", "The legal-person card is required";
        detail: "新增和修改印章须使用本企业的法人卡登录。", "Seals are made and changed only in a session with the enterprise's legal-person card.";
        fix: "请插入法人卡，重新以 IC 卡登录后再操作。", "Put the legal-person card in, log in with it, and try again.";
    }
}
