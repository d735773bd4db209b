//! What the person reads in windows: who asks, for what, and how many tries are left.

use eport_card::Purpose;
use eport_schema::catalogue::{Language, Text};

use crate::{card::PinState, operations::Request, pinentry::Question};

/// What a page asks the card for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A signature over a challenge.
    Challenge(Purpose),
    /// A signature over something else, by a page of the port's own client control.
    Document,
    /// To verify the PIN.
    Verify,
    /// To change it.
    ChangePin,
    /// To use the card at all.
    Consent,
}

impl Ask {
    fn text(&self) -> Text {
        match self {
            Self::Challenge(Purpose::Login) => Text { zh: "用您的卡登录", en: "to log you in with your card" },
            Self::Challenge(Purpose::Bind(_)) => {
                Text { zh: "把您的卡绑定到账号", en: "to bind your card to your account" }
            }
            Self::Challenge(Purpose::Seal(_)) => Text {
                zh: "用您的卡制作或修改电子印章",
                en: "to make or change an electronic seal with your card",
            },
            Self::Challenge(Purpose::AdminTransfer) => Text {
                zh: "用您的卡移交企业管理员",
                en: "to hand the enterprise over to another administrator",
            },
            Self::Document => Text { zh: "用您的卡签署数据", en: "to sign data with your card" },
            Self::Verify => Text { zh: "验证卡的 PIN", en: "to verify the PIN of your card" },
            Self::ChangePin => Text { zh: "修改卡的 PIN", en: "to change the PIN of your card" },
            Self::Consent => Text { zh: "使用您的 IC 卡", en: "to use your IC card" },
        }
    }
}

const TITLE: Text = Text { zh: "电子口岸卡助手", en: "Eport card bridge" };
const OK: Text = Text { zh: "确定", en: "OK" };
const CANCEL: Text = Text { zh: "取消", en: "Cancel" };
const ALLOW: Text = Text { zh: "允许", en: "Allow" };
const REFUSE: Text = Text { zh: "不允许", en: "Don't allow" };

/// Asks for the PIN.
pub fn pin(language: Language, request: &Request, state: PinState, was_wrong: bool, timeout: u64) -> Question {
    let wrong = Text { zh: "上次输入的 PIN 不正确。", en: "The last PIN was wrong." };
    Question {
        prompt: Text { zh: "PIN：", en: "PIN:" }.get(language).to_owned(),
        description: with_tries(language, request, state),
        error: was_wrong.then(|| wrong.get(language).to_owned()),
        ..question(language, timeout)
    }
}

/// Asks for a new PIN, or for it `again`.
pub fn new_pin(language: Language, request: &Request, again: bool, timeout: u64) -> Question {
    let rule = match (again, language) {
        (false, Language::Zh) => "请输入 6 至 8 位的新 PIN。",
        (false, Language::En) => "Enter a new PIN of 6 to 8 characters.",
        (true, Language::Zh) => "请再输入一次新 PIN。",
        (true, Language::En) => "Enter the new PIN once more.",
    };
    Question {
        prompt: Text { zh: "新 PIN：", en: "New PIN:" }.get(language).to_owned(),
        description: format!("{}\n{rule}", who(language, request)),
        ..question(language, timeout)
    }
}

/// Says that the PIN is to be entered at the reader.
pub fn pad(language: Language, request: &Request, state: PinState, timeout: u64) -> Question {
    let then = Text {
        zh: "点“确定”后，请在读卡器上输入 PIN。", en: "Press OK, then enter the PIN at the reader."
    };
    Question {
        description: format!("{}\n{}", with_tries(language, request, state), then.get(language)),
        ..question(language, timeout)
    }
}

/// Asks whether a site may use the card, the first time it comes.
pub fn consent(language: Language, site: &str, timeout: u64) -> Question {
    let ask = Ask::Consent.text().get(language);
    let description = match language {
        Language::Zh => format!(
            "网站 {site} 请求{ask}。\n\n允许后，它能看到卡号、姓名和企业名称；每次签名仍会要求输入 PIN。\n只允许您认识并信任的网站。"
        ),
        Language::En => format!(
            "The site {site} asks {ask}.\n\nIf you allow it, it can see the card's number, your name and your enterprise; every signature still \
             asks for the PIN.\nAllow only sites that you know and trust."
        ),
    };
    Question {
        description,
        ok: ALLOW.get(language).to_owned(),
        cancel: REFUSE.get(language).to_owned(),
        ..question(language, timeout)
    }
}

fn question(language: Language, timeout: u64) -> Question {
    Question {
        title: TITLE.get(language).to_owned(),
        ok: OK.get(language).to_owned(),
        cancel: CANCEL.get(language).to_owned(),
        timeout,
        ..Question::default()
    }
}

fn who(language: Language, request: &Request) -> String {
    let (site, ask) = (&request.site, request.ask.text().get(language));
    match language {
        Language::Zh => format!("{site} 请求{ask}。"),
        Language::En => format!("{site} asks {ask}."),
    }
}

fn with_tries(language: Language, request: &Request, state: PinState) -> String {
    let tries = match (state, language) {
        (PinState::TriesLeft(1), Language::Zh) => "\n注意：这是最后一次机会，再输错卡将被锁定！".to_owned(),
        (PinState::TriesLeft(1), Language::En) => {
            "\nCareful: this is the last try. One more wrong PIN locks the card!".to_owned()
        }
        (PinState::TriesLeft(tries), Language::Zh) => format!("\n还可以尝试 {tries} 次。"),
        (PinState::TriesLeft(tries), Language::En) => format!("\n{tries} tries left."),
        (PinState::Blocked | PinState::Unknown, _) => String::new(),
    };
    who(language, request) + &tries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(ask: Ask) -> Request {
        Request { site: "https://id.example.cn".into(), ask, reader: None, pin: None }
    }

    #[test]
    fn a_window_says_who_asks_and_warns_at_the_last_try() {
        let request = request(Ask::Challenge(Purpose::Login));
        let question = pin(Language::En, &request, PinState::TriesLeft(3), false, 120);
        assert_eq!(question.description, "https://id.example.cn asks to log you in with your card.\n3 tries left.");
        assert_eq!((question.error, question.timeout), (None, 120));
        let question = pin(Language::Zh, &request, PinState::TriesLeft(1), true, 120);
        assert!(question.description.contains("最后一次机会") && question.error.is_some());
    }

    #[test]
    fn every_line_fits_the_protocol() {
        let site = format!("https://{}", "a".repeat(262));
        for language in [Language::Zh, Language::En] {
            assert!(consent(language, &site, 120).description.len() < 900);
        }
    }
}
