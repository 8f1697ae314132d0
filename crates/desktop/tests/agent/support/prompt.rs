//! A person who answers by script.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use countersign_crypto::secret::SecretString;
use countersign_desktop::prompt::{
    Conversation, Interrupted, Prompt, Request, Unavailable, Withdrawal,
};

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Allow,
    Decline,
    Choose(usize),
    Pin(&'static str),
    NewPin(&'static str, &'static str),
    /// Thinks until the question is withdrawn.
    Think,
    /// Thinks until [`Scripted::go_on`], then goes on with the next step.
    Pause,
    /// Closes the window.
    Close,
}

#[derive(Default)]
pub struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    pub shown: Mutex<Vec<Request>>,
    pub told: Mutex<Vec<String>>,
    absent: AtomicBool,
    pub opened: AtomicUsize,
    thinking: Mutex<bool>,
    thinks: Condvar,
    going_on: Mutex<bool>,
    goes_on: Condvar,
}

impl Scripted {
    pub fn will(&self, steps: impl IntoIterator<Item = Step>) {
        self.steps.lock().unwrap().extend(steps);
    }

    /// Takes back the steps that nobody asked for.
    pub fn take(&self) {
        self.steps.lock().unwrap().clear();
    }

    pub fn is_absent(&self) {
        self.absent.store(true, Ordering::SeqCst);
    }

    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    pub fn told(&self) -> String {
        self.told.lock().unwrap().join("\n")
    }

    pub fn last_shown(&self) -> Request {
        self.shown.lock().unwrap().last().unwrap().clone()
    }

    /// Waits until the person thinks.
    pub async fn is_thinking(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let thinks = tokio::task::spawn_blocking(move || {
            let guard = this.thinking.lock().unwrap();
            let wait = this
                .thinks
                .wait_timeout_while(guard, Duration::from_secs(20), |t| !*t);
            let (mut guard, outcome) = wait.unwrap();
            *guard = false;
            !outcome.timed_out()
        });
        assert!(thinks.await.unwrap(), "the person was not asked");
    }

    pub fn go_on(&self) {
        *self.going_on.lock().unwrap() = true;
        self.goes_on.notify_all();
    }

    fn thinks_now(&self) {
        *self.thinking.lock().unwrap() = true;
        self.thinks.notify_all();
    }
}

/// The prompt behind an `Arc`.
pub struct Handle(pub Arc<Scripted>);

impl Prompt for Handle {
    fn open(&self, withdrawal: Withdrawal) -> Result<Box<dyn Conversation>, Unavailable> {
        if self.0.absent.load(Ordering::SeqCst) {
            return Err(Unavailable("nobody is here".to_owned()));
        }
        self.0.opened.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Talk {
            script: Arc::clone(&self.0),
            withdrawal,
            repeat: None,
        }))
    }
}

struct Talk {
    script: Arc<Scripted>,
    withdrawal: Withdrawal,
    repeat: Option<&'static str>,
}

impl Talk {
    fn next(&self, question: &str) -> Result<Step, Interrupted> {
        loop {
            let step = self.script.steps.lock().unwrap().pop_front();
            match step {
                None => panic!("asked for {question} without a step"),
                Some(Step::Close) => return Err(Interrupted::Closed),
                Some(Step::Think) => {
                    self.script.thinks_now();
                    let mut fds = [rustix::event::PollFd::new(
                        &self.withdrawal,
                        rustix::event::PollFlags::IN,
                    )];
                    rustix::event::poll(&mut fds, None).unwrap();
                    return Err(Interrupted::Withdrawn);
                }
                Some(Step::Pause) => {
                    self.script.thinks_now();
                    let guard = self.script.going_on.lock().unwrap();
                    let mut guard = self.script.goes_on.wait_while(guard, |on| !*on).unwrap();
                    *guard = false;
                }
                Some(step) => return Ok(step),
            }
        }
    }
}

impl Conversation for Talk {
    fn show(&mut self, request: &Request) -> Result<(), Interrupted> {
        self.script.shown.lock().unwrap().push(request.clone());
        Ok(())
    }

    fn choose_account(&mut self, accounts: usize) -> Result<usize, Interrupted> {
        match self.next("an account")? {
            Step::Choose(index) if index < accounts => Ok(index),
            step => panic!("an account was asked for, not {step:?}"),
        }
    }

    fn allow(&mut self) -> Result<bool, Interrupted> {
        match self.next("consent")? {
            Step::Allow => Ok(true),
            Step::Decline => Ok(false),
            step => panic!("consent was asked for, not {step:?}"),
        }
    }

    fn pin(&mut self) -> Result<SecretString, Interrupted> {
        match self.next("the PIN")? {
            Step::Pin(pin) => Ok(SecretString::from(pin)),
            step => panic!("the PIN was asked for, not {step:?}"),
        }
    }

    fn new_pin(&mut self) -> Result<SecretString, Interrupted> {
        match self.next("a new PIN")? {
            Step::NewPin(pin, repeat) => {
                self.repeat = Some(repeat);
                Ok(SecretString::from(pin))
            }
            step => panic!("a new PIN was asked for, not {step:?}"),
        }
    }

    fn repeat_pin(&mut self) -> Result<SecretString, Interrupted> {
        Ok(SecretString::from(self.repeat.take().unwrap()))
    }

    fn tell(&mut self, text: &str) {
        self.script.told.lock().unwrap().push(text.to_owned());
    }
}
