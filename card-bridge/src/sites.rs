//! Which sites may use the card: those in the settings, and those that the person allowed when asked.

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use eport_card::Origin;
use serde::{Deserialize, Serialize};

/// After a no, the site can't ask again for this long.
const REFUSED_FOR: Duration = Duration::from_secs(600);
/// How many refusals are remembered.
const MOST_REFUSED: usize = 1000;

/// Whether a site may use the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// The person must be asked.
    Ask,
    /// The person said no a short while ago.
    Refused,
}

/// The sites.
pub struct Sites {
    listed: BTreeSet<Origin>,
    file: Option<PathBuf>,
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    allowed: BTreeSet<Origin>,
    refused: HashMap<Origin, Instant>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct File {
    origins: Vec<String>,
}

impl Sites {
    /// The `listed` ones, and those in `file`, which needn't exist yet. Entries that aren't origins are passed over.
    pub fn new(listed: impl IntoIterator<Item = Origin>, file: Option<PathBuf>) -> Self {
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        let kept: File = toml::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "the file of allowed sites can't be read; sites are asked about again");
            File::default()
        });
        let allowed = kept.origins.iter().filter_map(|origin| Origin::parse(origin).ok()).collect();
        let asked = Mutex::new(Asked { allowed, refused: HashMap::new() });
        Self { listed: listed.into_iter().collect(), file, asked }
    }

    /// Whether `origin` is in the settings.
    pub fn is_listed(&self, origin: &Origin) -> bool {
        self.listed.contains(origin)
    }

    /// Whether `origin` may use the card.
    pub fn verdict(&self, origin: &Origin) -> Verdict {
        let asked = self.asked();
        if self.is_listed(origin) || asked.allowed.contains(origin) {
            Verdict::Allowed
        } else if asked.refused.get(origin).is_some_and(|at| at.elapsed() < REFUSED_FOR) {
            Verdict::Refused
        } else {
            Verdict::Ask
        }
    }

    /// Remembers what the person said: a yes for good, a no for ten minutes.
    pub fn remember(&self, origin: &Origin, allowed: bool) {
        let mut asked = self.asked();
        if !allowed {
            if asked.refused.len() >= MOST_REFUSED {
                asked.refused.clear();
            }
            asked.refused.insert(origin.clone(), Instant::now());
            return;
        }
        asked.allowed.insert(origin.clone());
        if let Err(error) = self.write(&asked.allowed) {
            tracing::warn!(%error, "the allowed site can't be kept; it is asked about again after a restart");
        }
    }

    fn write(&self, allowed: &BTreeSet<Origin>) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let kept = File { origins: allowed.iter().map(|origin| origin.as_str().to_owned()).collect() };
        let text = toml::to_string(&kept).map_err(io::Error::other)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        // In one step, so that a crash leaves the old file or the new one.
        let new = file.with_extension("new");
        fs::write(&new, text)?;
        fs::rename(new, file)
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_is_kept_and_a_no_is_not_asked_again_at_once() {
        let file = std::env::temp_dir().join(format!("eport-sites-{}.toml", std::process::id()));
        let origin = |name: &str| Origin::parse(&format!("https://{name}.example")).unwrap();
        let sites = Sites::new([origin("a")], Some(file.clone()));
        sites.remember(&origin("b"), true);
        sites.remember(&origin("c"), false);
        let verdicts = |sites: &Sites| ["a", "b", "c", "d"].map(|name| sites.verdict(&origin(name)));
        assert_eq!(verdicts(&sites), [Verdict::Allowed, Verdict::Allowed, Verdict::Refused, Verdict::Ask]);
        let again = verdicts(&Sites::new([], Some(file.clone())));
        fs::remove_file(file).unwrap();
        assert_eq!(again, [Verdict::Ask, Verdict::Allowed, Verdict::Ask, Verdict::Ask]);
    }
}
