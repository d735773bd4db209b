//! `docs/errors.md` is written from the catalogue. `EPORT_BLESS=1 cargo test -p eport-schema` writes it anew.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

use std::path::Path;

use eport_schema::catalogue::{AREAS, Language, Retry};

const INTRODUCTION: &str = "\
# 错误 / Errors

<!-- Made from schema/src/catalogue by `EPORT_BLESS=1 cargo test -p eport-schema --test errors_document`. Don't edit. -->

每个错误都有固定的 `code`。程序按 `code` 判断，文字给人看。`retry`：`never` 再试也一样，`later` 稍后可以原样再试，`after_fix` 更正后再试。

Every refusal is `application/problem+json` (RFC 9457) with a stable `code`. Programs decide by `code`, the texts are for people. `retry` says whether asking again
can help: `never`, `later` (the same request, after `retry_after` seconds if given), `after_fix` (a changed request). Where several fields are wrong the code is
`request.invalid` and `errors[]` lists each field with its own.
";

fn document() -> String {
    let mut document = INTRODUCTION.to_owned();
    for (language, heading, columns) in [
        (Language::Zh, "中文", "| 代码 | 状态 | 重试 | 发生了什么 | 怎么办 |"),
        (Language::En, "English", "| code | status | retry | what happened | what to do |"),
    ] {
        document += &format!("\n## {heading}\n");
        for area in AREAS {
            document += &format!("\n### {}\n\n{columns}\n|---|---|---|---|---|\n", area.title.get(language));
            for refusal in area.refusals {
                document += &format!(
                    "| `{}` | {} | {} | **{}** {} | {} |\n",
                    refusal.code,
                    refusal.status,
                    match (language, refusal.retry) {
                        (Language::Zh, Retry::Never) => "`never` 不必",
                        (Language::Zh, Retry::Later) => "`later` 稍后",
                        (Language::Zh, Retry::AfterFix) => "`after_fix` 更正后",
                        (Language::En, retry) => match retry {
                            Retry::Never => "`never`",
                            Retry::Later => "`later`",
                            Retry::AfterFix => "`after_fix`",
                        },
                    },
                    sentence(refusal.title.get(language), language),
                    refusal.detail.get(language),
                    refusal.fix.get(language),
                );
            }
        }
    }
    document
}

fn sentence(title: &str, language: Language) -> String {
    format!("{title}{}", if language == Language::Zh { "。" } else { "." })
}

#[test]
fn the_document_of_errors_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    let document = document();
    if std::env::var_os("EPORT_BLESS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == document,
        "docs/errors.md is stale: EPORT_BLESS=1 cargo test -p eport-schema --test errors_document"
    );
}
