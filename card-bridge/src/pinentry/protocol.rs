//! The Assuan protocol as pinentry speaks it: a line a command, answered with `OK` or `ERR`, data in `D` lines.

use std::io::{self, IsTerminal as _, Read, Write};

use zeroize::Zeroizing;

use super::Question;

/// The longest line (Assuan's own limit is 1,000 bytes) and the most data that are taken.
const MAX_LINE: usize = 2048;
/// The lower 16 bits of an error are libgpg-error's code; the others say which part of GnuPG speaks.
const CODE: u32 = 0xFFFF;
/// GPG_ERR_TIMEOUT.
const TIMEOUT: u32 = 62;
/// GPG_ERR_CANCELED, GPG_ERR_NOT_CONFIRMED, GPG_ERR_FULLY_CANCELED.
const REFUSED: [u32; 3] = [99, 114, 198];

/// How a question was answered.
pub enum Answer {
    /// With yes, or with a PIN.
    Yes(Zeroizing<Vec<u8>>),
    /// With no, or by closing the window.
    No,
    /// Not at all.
    TimedOut,
}

/// A conversation with a pinentry.
pub struct Conversation<I, O> {
    input: I,
    output: O,
    // What was read and not used yet. Its room is all there from the start: a vector that grows leaves copies of a PIN behind.
    read: Zeroizing<Vec<u8>>,
}

impl<I: Write, O: Read> Conversation<I, O> {
    /// Over the program's standard input and output.
    pub fn new(input: I, output: O) -> Self {
        Self { input, output, read: Zeroizing::new(Vec::with_capacity(2 * MAX_LINE)) }
    }

    /// Puts `question` with GETPIN or CONFIRM.
    ///
    /// # Errors
    /// Where the program ends early, doesn't speak the protocol, or can't open a window.
    pub fn ask(mut self, question: &Question, command: &str) -> io::Result<Answer> {
        self.reply()?.map_err(refused)?;
        for (name, value) in environment() {
            // An option that a pinentry doesn't know is no reason to stop.
            let _ = self.command(&format!("OPTION {name}={}", escape(&value)))?;
        }
        for (name, text) in [
            ("SETTITLE", &question.title),
            ("SETDESC", &question.description),
            ("SETPROMPT", &question.prompt),
            ("SETOK", &question.ok),
            ("SETCANCEL", &question.cancel),
            ("SETERROR", question.error.as_ref().unwrap_or(&String::new())),
            ("SETTIMEOUT", &question.timeout.to_string()),
        ] {
            if !text.is_empty() {
                let _ = self.command(&format!("{name} {}", escape(text)))?;
            }
        }
        match self.command(command)? {
            Ok(data) => Ok(Answer::Yes(data)),
            Err(code) if REFUSED.contains(&(code & CODE)) => Ok(Answer::No),
            Err(code) if code & CODE == TIMEOUT => Ok(Answer::TimedOut),
            Err(code) => Err(refused(code)),
        }
    }

    fn command(&mut self, line: &str) -> io::Result<Result<Zeroizing<Vec<u8>>, u32>> {
        self.input.write_all(line.as_bytes())?;
        self.input.write_all(b"\n")?;
        self.input.flush()?;
        self.reply()
    }

    /// The data of an `OK`, or the number of an `ERR`.
    fn reply(&mut self) -> io::Result<Result<Zeroizing<Vec<u8>>, u32>> {
        let mut data = Zeroizing::new(Vec::with_capacity(MAX_LINE));
        loop {
            let line = self.line()?;
            match line.split_at_checked(2) {
                Some((b"OK", _)) => return Ok(Ok(data)),
                Some((b"D ", rest)) => unescape(rest, &mut data)?,
                Some((b"ER", rest)) => {
                    let number =
                        rest.split(|byte| *byte == b' ').nth(1).and_then(|word| std::str::from_utf8(word).ok());
                    return Ok(Err(number.and_then(|word| word.parse().ok()).unwrap_or(u32::MAX)));
                }
                // A question back, as about a PIN's quality: nothing to say.
                Some((b"IN", _)) => self.input.write_all(b"END\n")?,
                // Status and comment lines.
                _ => {}
            }
        }
    }

    fn line(&mut self) -> io::Result<Zeroizing<Vec<u8>>> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE));
                line.extend(self.read.iter().take(end));
                // What is moved to the front leaves a copy behind it, which the vector overwrites with the rest when it is dropped.
                self.read.drain(..=end);
                return Ok(line);
            }
            if self.read.len() > MAX_LINE {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a line without end"));
            }
            let mut chunk = Zeroizing::new([0; MAX_LINE - 1]);
            let count = self.output.read(chunk.as_mut_slice())?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.read.extend(chunk.iter().take(count));
        }
    }
}

fn refused(code: u32) -> io::Error {
    io::Error::other(format!("pinentry's error {code}"))
}

/// What a pinentry without windows needs to find the terminal, and all of them to choose the language.
fn environment() -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    let terminal = std::env::var("GPG_TTY").ok().or_else(|| {
        let path = std::io::stdin().is_terminal().then(|| std::fs::read_link("/proc/self/fd/0").ok()).flatten()?;
        path.to_str().map(str::to_owned)
    });
    options.extend(terminal.map(|name| ("ttyname", name)));
    options.extend(std::env::var("TERM").ok().map(|name| ("ttytype", name)));
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    options.extend(locale.map(|locale| ("lc-ctype", locale)));
    options
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Percent-decodes `bytes` onto `out`, which has room for a whole line.
fn unescape(bytes: &[u8], out: &mut Zeroizing<Vec<u8>>) -> io::Result<()> {
    if out.len() + bytes.len() > MAX_LINE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "too many data"));
    }
    let digit =
        |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut bytes = bytes.iter();
    while let Some(&byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        match (digit(bytes.next()), digit(bytes.next())) {
            (Some(high), Some(low)) => out.push(high << 4 | low),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "a broken escape")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(replies: &str) -> (io::Result<Answer>, String) {
        let mut sent = Vec::new();
        let question =
            Question { title: "a%\nb".into(), description: "两次".into(), timeout: 120, ..Question::default() };
        let answer = Conversation::new(&mut sent, replies.as_bytes()).ask(&question, "GETPIN");
        (answer, String::from_utf8(sent).unwrap())
    }

    fn all_ok() -> String {
        "OK\n".repeat(4 + environment().len())
    }

    #[test]
    fn a_pin_comes_back_decoded_and_texts_go_out_encoded() {
        let (answer, sent) = ask(&(all_ok() + "# a comment\nS PIN_REPEATED\nD 12%2534\nOK\n"));
        assert!(matches!(answer, Ok(Answer::Yes(pin)) if *pin == b"12%34"[..]));
        assert!(sent.contains("SETTITLE a%25%0Ab\nSETDESC 两次\nSETTIMEOUT 120\nGETPIN\n"), "{sent}");
    }

    #[test]
    fn closing_the_window_and_waiting_too_long_are_told_apart() {
        assert!(matches!(ask(&(all_ok() + "ERR 83886179 Operation cancelled <Pinentry>\n")).0, Ok(Answer::No)));
        assert!(matches!(ask(&(all_ok() + "ERR 83886142 Timeout <Pinentry>\n")).0, Ok(Answer::TimedOut)));
        assert!(ask(&(all_ok() + "ERR 83918950 Inappropriate ioctl for device <Pinentry>\n")).0.is_err());
    }

    #[test]
    fn a_program_that_is_no_pinentry_is_an_error() {
        for replies in
            ["", "OK", "ERR\n", &"x".repeat(100_000), &(all_ok() + "D %4\nOK\n"), &(all_ok() + "D %zz\nOK\n")]
        {
            assert!(ask(replies).0.is_err(), "{}", replies.len());
        }
    }
}
