//! What is wrong with a request: every fault of it, collected, each with its code and target.

/// The detail codes of the API's error object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationCode {
    /// A mandatory member is absent.
    RequiredValue,
    /// A member is present but blank.
    EmptyValue,
    /// Wrong type, format, range, reference or enum value.
    InvalidValue,
    /// A text, array or object is too large.
    SizeLimitExceeded,
    /// Something of this name or target exists already.
    UniquenessViolation,
    /// A rule forbids it in the present state.
    ConstraintViolation,
    /// A limit (devices, attempts, open authentications) is reached.
    LimitExceeded,
    /// The SCIM filter cannot be used here.
    InvalidFilter,
    /// A query parameter is wrong.
    InvalidParameter,
    /// A passcode is wrong.
    InvalidOtp,
    /// A passcode or pairing is too old.
    OtpExpired,
    /// No try is left for this passcode.
    OtpAttemptsLimit,
    /// A FIDO2 or desktop assertion did not verify.
    InvalidAssertion,
    /// The account is disabled or locked.
    AccountNotUsable,
}

impl ViolationCode {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequiredValue => "REQUIRED_VALUE",
            Self::EmptyValue => "EMPTY_VALUE",
            Self::InvalidValue => "INVALID_VALUE",
            Self::SizeLimitExceeded => "SIZE_LIMIT_EXCEEDED",
            Self::UniquenessViolation => "UNIQUENESS_VIOLATION",
            Self::ConstraintViolation => "CONSTRAINT_VIOLATION",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::InvalidFilter => "INVALID_FILTER",
            Self::InvalidParameter => "INVALID_PARAMETER",
            Self::InvalidOtp => "INVALID_OTP",
            Self::OtpExpired => "OTP_EXPIRED",
            Self::OtpAttemptsLimit => "OTP_ATTEMPTS_LIMIT",
            Self::InvalidAssertion => "INVALID_ASSERTION",
            Self::AccountNotUsable => "ACCOUNT_NOT_USABLE",
        }
    }
}

/// Machine-readable hints of a violation; every member is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InnerError {
    /// Smallest value allowed.
    pub range_minimum_value: Option<i64>,
    /// Largest value allowed.
    pub range_maximum_value: Option<i64>,
    /// Largest size allowed (characters or items).
    pub maximum_value: Option<i64>,
    /// Pattern that a text has to match.
    pub allowed_pattern: Option<String>,
    /// The values of an enum.
    pub allowed_values: Option<Vec<String>>,
    /// What still refers to the thing.
    pub referenced_values: Option<Vec<String>>,
    /// Id of the thing that is there already.
    pub existing_id: Option<String>,
    /// Largest number of things allowed.
    pub maximum_allowed: Option<i64>,
    /// Tries left before a lock.
    pub attempts_remaining: Option<i64>,
    /// The kind of device that is locked.
    pub delivery_method: Option<String>,
    /// When the lock ends, in milliseconds since the Unix epoch.
    pub cool_down_expires_at: Option<i64>,
    /// Attributes that a filter may name here.
    pub supported_attributes: Option<Vec<String>>,
    /// Operators that a filter may use here.
    pub supported_operators: Option<Vec<String>>,
}

impl InnerError {
    /// Whether no hint is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What kind of fault.
    pub code: ViolationCode,
    /// Dotted JSON path of the member, or the name of the parameter.
    pub target: Option<String>,
    /// For the developer who reads it; from [`crate::messages`].
    pub message: String,
    /// Hints for programs. Boxed, because most violations have none.
    pub inner: Box<InnerError>,
}

impl Violation {
    /// A fault without a target.
    pub fn new(code: ViolationCode, message: impl Into<String>) -> Self {
        Self {
            code,
            target: None,
            message: message.into(),
            inner: Box::default(),
        }
    }

    /// A fault of one member.
    pub fn at(code: ViolationCode, target: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            target: Some(target.into()),
            ..Self::new(code, message)
        }
    }

    /// The mandatory member `target` is absent.
    pub fn required(target: impl Into<String>) -> Self {
        Self::at(
            ViolationCode::RequiredValue,
            target,
            crate::messages::MUST_NOT_BE_NULL,
        )
    }

    /// The member `target` is blank.
    pub fn empty(target: impl Into<String>) -> Self {
        Self::at(
            ViolationCode::EmptyValue,
            target,
            crate::messages::MUST_NOT_BE_EMPTY,
        )
    }

    /// The member `target` has a value that cannot be used.
    pub fn invalid(target: impl Into<String>, message: impl Into<String>) -> Self {
        Self::at(ViolationCode::InvalidValue, target, message)
    }

    /// The member `target` is none of `allowed`.
    pub fn not_one_of(target: impl Into<String>, allowed: &[&str]) -> Self {
        let mut violation = Self::invalid(target, format!("must be one of {}", allowed.join(", ")));
        violation.inner.allowed_values =
            Some(allowed.iter().map(|value| (*value).to_owned()).collect());
        violation
    }

    /// The number at `target` is outside `minimum..=maximum`.
    pub fn out_of_range(target: impl Into<String>, minimum: i64, maximum: i64) -> Self {
        let mut violation =
            Self::invalid(target, format!("must be between {minimum} and {maximum}"));
        violation.inner.range_minimum_value = Some(minimum);
        violation.inner.range_maximum_value = Some(maximum);
        violation
    }

    /// The text or list at `target` is longer than `maximum`.
    pub fn too_large(target: impl Into<String>, maximum: i64) -> Self {
        let mut violation = Self::at(
            ViolationCode::SizeLimitExceeded,
            target,
            format!("must not be longer than {maximum}"),
        );
        violation.inner.maximum_value = Some(maximum);
        violation
    }

    /// Adds hints.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut InnerError)) -> Self {
        change(&mut self.inner);
        self
    }
}

/// All faults of one request, in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// No fault yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a fault.
    pub fn push(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    /// Adds the faults of another check.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// `Ok` when nothing is wrong, else everything that is.
    ///
    /// # Errors
    /// The collected faults themselves.
    pub fn check(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
