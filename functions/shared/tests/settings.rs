//! The table of settings, the manifest and the documentation say the same.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use eport_shared::settings::Settings;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn manifest() -> toml::Table {
    std::fs::read_to_string(root().join("spin.toml")).expect("spin.toml is there").parse().expect("spin.toml is TOML")
}

#[test]
fn each_setting_is_a_variable_of_the_manifest_with_the_same_default() {
    let manifest = manifest();
    for setting in Settings::ALL {
        let default = manifest["variables"]
            .get(setting.name)
            .unwrap_or_else(|| panic!("spin.toml lacks the variable {}", setting.name))
            .get("default")
            .and_then(|value| value.as_str());
        assert_eq!(default, Some(setting.default), "{}", setting.name);
    }
}

#[test]
fn a_component_passes_on_each_variable_under_its_own_name() {
    for (component, table) in manifest()["component"].as_table().expect("components") {
        // The page needs none.
        for (name, template) in table.get("variables").and_then(|variables| variables.as_table()).into_iter().flatten()
        {
            let own = format!("{{{{ {name} }}}}");
            // A component that takes files has a limit of its own.
            let larger = format!("{{{{ {component}_body_bytes }}}}");
            let right = template.as_str() == Some(own.as_str())
                || (name == "body_bytes" && template.as_str() == Some(larger.as_str()));
            assert!(right, "{component}.{name}");
        }
    }
}

#[test]
fn only_sessions_gets_the_signing_keys() {
    for (component, table) in manifest()["component"].as_table().expect("components") {
        let has = table.get("variables").is_some_and(|variables| variables.get("signing_keys").is_some());
        assert_eq!(has, component == "sessions", "{component}");
    }
}

#[test]
fn only_seals_gets_the_seal_makers_key() {
    for (component, table) in manifest()["component"].as_table().expect("components") {
        let has = table.get("variables").is_some_and(|variables| variables.get("seal_keys").is_some());
        assert_eq!(has, component == "seals", "{component}");
    }
}

/// `EPORT_BLESS=1 cargo test -p eport-shared --test settings` writes the page anew.
#[test]
fn the_documentation_of_the_settings_is_up_to_date() {
    let mut page = String::from(
        "# Settings\n\nSpin variables: `SPIN_VARIABLE_<NAME>` in the environment, `--variable name=value`, or a variables provider of the \
         runtime configuration.\nThis page is made from the code (`functions/shared/src/settings.rs`).\n\n| name | default | what it does |\n|---|---|---|\n",
    );
    for setting in Settings::ALL {
        let default = if setting.default.is_empty() { "(empty)".to_owned() } else { format!("`{}`", setting.default) };
        page.push_str(&format!("| `{}` | {} | {} |\n", setting.name, default, setting.description.trim()));
    }
    page.push_str(
        "\n`platform_body_bytes` (2097152) is the `body_bytes` of the component `platform`, which takes the registry in parts of that size; the runtime's own \
         limit, `body` in `[component.platform.tool.eport]`, must not be smaller.\n\
         \n`database_host`, `sms_webhook_host` and `registry_host` name the hosts of `database_url`, `sms_webhook_url` and `registry_url` once more, for \
         `allowed_outbound_hosts`: `postgres://db.example.cn:5432`, `https://sms.example.cn`.\n\n## Secrets\n\n`eport up` makes them at first start, in `secrets.toml` of its state \
         directory (mode 0600). On Spin give them as variables; `eport secrets export` prints them.\n\n| name | format | who gets it |\n|---|---|---|\n\
         | `signing_keys` | `id:base64url` of an Ed25519 seed; the first signs | `sessions` |\n\
         | `verifying_keys` | `id:base64url` of an Ed25519 public key | all |\n\
         | `data_keys` | `id:base64url` of an AES-256 key; the first encrypts | all |\n\
         | `index_key` | base64url of 32 bytes; can't be changed, or nobody is found any more | all |\n\
         | `pepper` | base64url of 32 bytes; can't be changed, or no password is right any more | who hashes passwords |\n\
         | `seal_keys` | `id:base64url` of an SM2 private key; the first makes seals | `seals` |\n\
         | `seal_certificates` | `id:base64url` of each key's certificate, DER, in the same order | `seals` |\n",
    );
    let path = root().join("docs/settings.md");
    if std::env::var_os("EPORT_BLESS").is_some() {
        std::fs::write(&path, &page).expect("docs/settings.md can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, page, "docs/settings.md is out of date: run with EPORT_BLESS=1");
}
