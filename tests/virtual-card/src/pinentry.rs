//! The person at the desk: a pinentry that answers what a test says, and writes down what it was told to show.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A program that speaks the protocol of pinentry over its standard input and output.
#[derive(Debug, Clone)]
pub struct ScriptedPinentry {
    folder: PathBuf,
}

impl ScriptedPinentry {
    /// Makes the program in `folder`, whose name must be text. It cancels what it has no answer for.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let pinentry = Self { folder: folder.to_owned() };
        let name = folder.to_str().ok_or_else(|| io::Error::other("the folder's name is not text"))?;
        fs::write(pinentry.program(), SCRIPT.replace("FOLDER", name))?;
        fs::set_permissions(pinentry.program(), fs::Permissions::from_mode(0o755))?;
        pinentry.answers(&[])?;
        Ok(pinentry)
    }

    /// The program.
    pub fn program(&self) -> PathBuf {
        self.folder.join("pinentry")
    }

    /// What the person does at the next questions: `pin 123456`, `yes`, `timeout`, `wait` (for ten minutes), `die` (the program ends without
    /// a word), or anything else to cancel.
    pub fn answers(&self, answers: &[&str]) -> io::Result<()> {
        fs::write(self.folder.join("answers"), answers.iter().map(|answer| format!("{answer}\n")).collect::<String>())
    }

    /// What the person was shown, as the protocol has it.
    pub fn shown(&self) -> String {
        fs::read_to_string(self.folder.join("shown")).unwrap_or_default()
    }
}

const SCRIPT: &str = r#"#!/bin/sh
cd FOLDER || exit 1
echo "OK Pleased to meet you"
while read -r line; do
    printf '%s\n' "$line" >> shown
    case $line in
        GETPIN | CONFIRM)
            answer=$(head -n 1 answers)
            sed -i 1d answers
            case $answer in
                "pin "*) printf 'D %s\nOK\n' "${answer#pin }" ;;
                yes) echo OK ;;
                timeout) echo "ERR 83886142 Timeout <Pinentry>" ;;
                wait) exec sleep 600 ;;
                die) exit 1 ;;
                *) echo "ERR 83886179 Operation cancelled <Pinentry>" ;;
            esac
            ;;
        "OPTION "*) echo "ERR 83886254 Unknown option <Pinentry>" ;;
        *) echo OK ;;
    esac
done
"#;
