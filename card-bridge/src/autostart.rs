//! `card-bridge install-autostart`: has the system start the bridge when this user logs in.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use directories::BaseDirs;

/// Why it can't be installed.
#[derive(Debug, thiserror::Error)]
pub enum AutostartError {
    /// There is no home folder.
    #[error("this user has no home folder")]
    NoHome,
    /// A file can't be written.
    #[error("{0} can't be written: {1}")]
    Unwritable(PathBuf, io::Error),
    /// The program doesn't know where it is.
    #[error("the program's own path can't be found: {0}")]
    NoProgram(io::Error),
    /// The registry refused.
    #[error("the registry refused the entry: {0}")]
    Registry(String),
}

/// Installs it for the program as it lies now, and says where. Doing it again replaces the entry.
///
/// # Errors
/// Where the entry can't be written.
pub fn install(config: Option<&Path>, compat: bool) -> Result<String, AutostartError> {
    let program = env::current_exe().map_err(AutostartError::NoProgram)?;
    let mut command = vec![program.display().to_string(), "run".to_owned()];
    if compat {
        command.push("--compat".to_owned());
    }
    if let Some(config) = config {
        let config = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
        command.extend(["--config".to_owned(), config.display().to_string()]);
    }
    let folders = BaseDirs::new().ok_or(AutostartError::NoHome)?;
    if cfg!(target_os = "windows") {
        registry(&command)
    } else if cfg!(target_os = "macos") {
        let file = folders.home_dir().join("Library/LaunchAgents/cn.eport-id.card-bridge.plist");
        write(file, &launch_agent(&command))
    } else {
        // Every desktop reads this one; a systemd user unit would start without the desktop that pinentry needs.
        write(folders.config_dir().join("autostart/eport-card-bridge.desktop"), &desktop_entry(&command))
    }
}

fn write(file: PathBuf, text: &str) -> Result<String, AutostartError> {
    let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
    written.map_err(|error| AutostartError::Unwritable(file.clone(), error))?;
    Ok(file.display().to_string())
}

/// Desktop Entry Specification 1.5; in `Exec` (§ "The Exec key") arguments are quoted, and `%` is doubled.
fn desktop_entry(command: &[String]) -> String {
    let quoted: Vec<_> = command
        .iter()
        .map(|word| {
            let mut quoted = String::from("\"");
            for c in word.chars() {
                match c {
                    // Escaped once for the quoting, and the backslash once more as a value of the file.
                    '"' | '`' | '$' => quoted.extend(['\\', '\\', c]),
                    '\\' => quoted.push_str("\\\\\\\\"),
                    '%' => quoted.push_str("%%"),
                    c => quoted.push(c),
                }
            }
            quoted + "\""
        })
        .collect();
    format!(
        "[Desktop Entry]\nType=Application\nName=Eport card bridge\nName[zh_CN]=电子口岸卡助手\nExec={}\nTerminal=false\nNoDisplay=true\n\
         X-GNOME-Autostart-enabled=true\n",
        quoted.join(" ")
    )
}

/// launchd.plist(5).
fn launch_agent(command: &[String]) -> String {
    let escape = |word: &String| word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words: String = command.iter().map(|word| format!("        <string>{}</string>\n", escape(word))).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
    <key>Label</key>
    <string>cn.eport-id.card-bridge</string>
    <key>ProgramArguments</key>
    <array>
{words}    </array>
    <key>RunAtLoad</key>
    <true/>
    <key>KeepAlive</key>
    <dict>
        <key>SuccessfulExit</key>
        <false/>
    </dict>
    <key>LimitLoadToSessionType</key>
    <string>Aqua</string>
</dict>
</plist>
"#
    )
}

/// The current user's Run key, by the system's own program for the registry.
fn registry(command: &[String]) -> Result<String, AutostartError> {
    const KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
    let line: Vec<_> = command.iter().map(|word| format!("\"{word}\"")).collect();
    let output = std::process::Command::new("reg.exe")
        .args(["add", KEY, "/v", "EportCardBridge", "/t", "REG_SZ", "/f", "/d", &line.join(" ")])
        .output()
        .map_err(|error| AutostartError::Registry(error.to_string()))?;
    if output.status.success() {
        Ok(format!(r"{KEY}\EportCardBridge"))
    } else {
        Err(AutostartError::Registry(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Vec<String> {
        ["/opt/a b/50%/card-bridge", "run", "--config", "/x&<y>$\"z\""].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_desktop_entry_quotes_its_words() {
        let entry = desktop_entry(&command());
        let expected = r#"Exec="/opt/a b/50%%/card-bridge" "run" "--config" "/x&<y>\\$\\"z\\"""#;
        assert!(entry.lines().any(|line| line == expected), "{entry}");
    }

    #[test]
    fn a_launch_agent_is_xml() {
        assert!(launch_agent(&command()).contains("<string>/x&amp;&lt;y&gt;$\"z\"</string>"));
    }
}
