//! A program in a pseudo-terminal, and the person in front of it.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rexpect::process::{PtyProcess, Signal, WaitStatus};

/// What the person does at the next question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Allows, and types the right PIN.
    Allow,
    /// Allows, and types a wrong PIN.
    AllowWithWrongPin,
    /// Answers `n`.
    Decline,
    /// Is not there.
    Away,
}

/// A PIN that meets the rules: six characters, four different ones, no run.
pub const PIN: &str = "402817";

struct Shared {
    mood: std::sync::Mutex<Mood>,
    screen: std::sync::Mutex<String>,
    questions: AtomicUsize,
}

/// A running program in a terminal of its own; ended when dropped.
pub struct Terminal {
    process: PtyProcess,
    shared: Arc<Shared>,
}

impl Terminal {
    /// Starts `command` with a new terminal as its controlling one, and a person in front of it.
    pub fn start(command: Command, mood: Mood) -> Self {
        let program = command.get_program().to_owned();
        // After a failed exec the forked child would go on as a second test program.
        assert!(
            std::path::Path::new(&program).is_file(),
            "{} is not there",
            program.display()
        );
        let mut process = PtyProcess::new(command).unwrap();
        process.set_kill_timeout(Some(12_000));
        let shared = Arc::new(Shared {
            mood: std::sync::Mutex::new(mood),
            screen: std::sync::Mutex::new(String::new()),
            questions: AtomicUsize::new(0),
        });
        let file = process.get_file_handle().unwrap();
        let seen = Arc::clone(&shared);
        std::thread::spawn(move || sit_in_front(file, &seen));
        Self { process, shared }
    }

    /// From now on the person does this.
    pub fn set_mood(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// Everything shown so far.
    pub fn screen(&self) -> String {
        self.shared.screen.lock().unwrap().clone()
    }

    /// How many times `Allow? [y/N]: ` was asked.
    pub fn questions(&self) -> usize {
        self.shared.questions.load(Ordering::SeqCst)
    }

    /// Types something.
    pub fn type_in(&self, text: &str) {
        self.process
            .get_file_handle()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// Waits until `text` is on the screen and returns the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str, limit: Duration) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(
                start.elapsed() < limit,
                "{text:?} never came; the screen says:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How it ended, if it has; said only once.
    pub fn status(&self) -> Option<WaitStatus> {
        self.process
            .status()
            .filter(|status| *status != WaitStatus::StillAlive)
    }

    /// Sends a signal to the program and waits for its end.
    pub fn end(&mut self, signal: Signal) -> WaitStatus {
        self.process.signal(signal).unwrap();
        let start = Instant::now();
        loop {
            match self.process.status() {
                Some(WaitStatus::StillAlive) => {
                    assert!(
                        start.elapsed() < Duration::from_secs(20),
                        "did not end: {}",
                        self.screen()
                    );
                    std::thread::sleep(Duration::from_millis(20));
                }
                Some(status) => return status,
                None => panic!("it had ended before: {}", self.screen()),
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the screen said:\n{}", self.screen());
        }
    }
}

/// Reads what appears and answers questions, until the terminal is gone.
fn sit_in_front(mut terminal: std::fs::File, shared: &Shared) {
    let mut buffer = [0_u8; 4096];
    let mut unanswered = String::new();
    // An error is how Linux says that nobody holds the other side any more.
    while let Ok(length) = terminal.read(&mut buffer) {
        if length == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        shared.screen.lock().unwrap().push_str(&text);
        unanswered.push_str(&text);
        let mood = *shared.mood.lock().unwrap();
        if let Some(answer) = answer(&unanswered, mood, shared) {
            unanswered.clear();
            if terminal.write_all(answer.as_bytes()).is_err() {
                break;
            }
        }
    }
}

/// The answer to the question that stands at the end of the screen.
fn answer(screen: &str, mood: Mood, shared: &Shared) -> Option<String> {
    if screen.ends_with("Allow? [y/N]: ") {
        shared.questions.fetch_add(1, Ordering::SeqCst);
        return match mood {
            Mood::Allow | Mood::AllowWithWrongPin => Some("y\n".to_owned()),
            Mood::Decline => Some("n\n".to_owned()),
            Mood::Away => None,
        };
    }
    let line = screen.rsplit('\n').next().unwrap_or_default();
    if line.starts_with("Account [1-") && line.ends_with("]: ") {
        return (mood != Mood::Away).then(|| "1\n".to_owned());
    }
    if screen.ends_with("New PIN: ") || screen.ends_with("Repeat PIN: ") {
        return Some(format!("{PIN}\n"));
    }
    if screen.ends_with("PIN: ") {
        let pin = if mood == Mood::AllowWithWrongPin {
            "719350"
        } else {
            PIN
        };
        return Some(format!("{pin}\n"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questioner() -> Command {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(
            "printf 'Allow? [y/N]: '; read answer; printf 'New PIN: '; read new; \
             printf 'Repeat PIN: '; read again; printf 'PIN: '; read pin; \
             echo \"<$answer $new $again $pin>\"; read nothing",
        );
        command
    }

    #[test]
    fn each_mood_answers_in_its_way() {
        for (mood, said) in [
            (Mood::Allow, format!("<y {PIN} {PIN} {PIN}>")),
            (Mood::AllowWithWrongPin, format!("<y {PIN} {PIN} 719350>")),
            (Mood::Decline, format!("<n {PIN} {PIN} {PIN}>")),
        ] {
            let mut terminal = Terminal::start(questioner(), mood);
            terminal.wait_for(&said, Duration::from_secs(10));
            assert_eq!(terminal.questions(), 1);
            terminal.end(Signal::SIGTERM);
        }
    }

    #[test]
    fn a_person_who_is_away_can_come_back() {
        let terminal = Terminal::start(questioner(), Mood::Away);
        terminal.wait_for("Allow? [y/N]: ", Duration::from_secs(10));
        terminal.type_in("y\n");
        terminal.wait_for("<y ", Duration::from_secs(10));
    }
}
