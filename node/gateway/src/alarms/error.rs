//! Why something was not entered, set or acknowledged. None of these repeats a value of a patient.

use salus_vitals::{code::CodeError, decimal::DecimalError, escalation::LadderError, thresholds::LimitError};

/// Why an entry about early warning was refused; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AlarmError {
	/// There is no such day, or it is to come.
	#[error("this is no day of birth; give it as 1980-05-17")]
	NotADayOfBirth,
	/// Neither a day of birth nor pregnancy is given.
	#[error("nothing is entered; give --born, --pregnant or both")]
	NothingEntered,
	/// Limits that cannot be.
	#[error(transparent)]
	Limits(#[from] LimitError),
	/// No code or unit.
	#[error(transparent)]
	Code(#[from] CodeError),
	/// No number.
	#[error(transparent)]
	Decimal(#[from] DecimalError),
	/// A device reports too often or too seldom to be watched.
	#[error("a device is watched that reports every second to every day; give such an interval")]
	IntervalOutOfRange,
	/// It is no device's key.
	#[error("a device's id is its key, 64 hexadecimal digits")]
	NotADevice,
	/// It is no account.
	#[error("this is no account; give its address")]
	NotAnAccount,
	/// A ladder that is none.
	#[error(transparent)]
	Ladder(#[from] LadderError),
	/// Somebody has more than a day.
	#[error("somebody has more than a day to acknowledge; give each at most 24h")]
	TimeTooLong,
	/// One account stands there twice.
	#[error("an account stands on the ladder twice; name each once")]
	TwiceOnLadder,
	/// Nobody knows how to reach her.
	#[error("{0} is no addressee; say how she is reached: salus-gateway vitals addressee add")]
	UnknownAddressee(String),
	/// She is on a ladder.
	#[error("{0} is on a ladder; change that first: salus-gateway vitals ladder")]
	OnLadder(String),
	/// A span on call ends where it begins, or before.
	#[error("this span is empty; give --until after --from")]
	SpanEmpty,
	/// A span on call is over.
	#[error("this span is over; give --until after now")]
	SpanOver,
	/// A span on call begins more than a year ahead.
	#[error("this span begins more than a year from now; look at the year")]
	SpanTooFar,
	/// A span on call is longer than a month.
	#[error("this span is longer than 31 days; enter it in parts")]
	SpanTooLong,
	/// She is on the roster, now or later.
	#[error("{0} is on the roster; put somebody else there first, or nobody: salus-gateway vitals duty")]
	OnRoster(String),
	/// She is on the ladder of an alert that nobody has.
	#[error("{0} is on the ladder of an open alert; have it acknowledged first: salus-gateway vitals alerts")]
	OnAlert(String),
	/// Scale 2 is a doctor's decision.
	#[error("{0} is no doctor of this institution now, and the scale is a doctor's decision; have one decide it")]
	NotADoctor(String),
	/// The alert is on chain, where it is acknowledged.
	#[error("alert {0} is on the chain, where whoever is told acknowledges it with her own key")]
	OnChain(u64),
	/// It is no HPKE key.
	#[error("an HPKE key is an X25519 public key, 64 hexadecimal digits")]
	NotAnHpkeKey,
}

impl AlarmError {
	/// Its name, for scripts.
	pub(crate) fn name(&self) -> &'static str {
		match self {
			Self::NotADayOfBirth => "NotADayOfBirth",
			Self::NothingEntered => "NothingEntered",
			Self::Limits(_) => "Limits",
			Self::Code(_) => "Code",
			Self::Decimal(_) => "Decimal",
			Self::IntervalOutOfRange => "IntervalOutOfRange",
			Self::NotADevice => "NotADevice",
			Self::NotAnAccount => "NotAnAccount",
			Self::Ladder(_) => "Ladder",
			Self::TimeTooLong => "TimeTooLong",
			Self::TwiceOnLadder => "TwiceOnLadder",
			Self::UnknownAddressee(_) => "UnknownAddressee",
			Self::OnLadder(_) => "OnLadder",
			Self::SpanEmpty => "SpanEmpty",
			Self::SpanOver => "SpanOver",
			Self::SpanTooFar => "SpanTooFar",
			Self::SpanTooLong => "SpanTooLong",
			Self::OnRoster(_) => "OnRoster",
			Self::OnAlert(_) => "OnAlert",
			Self::NotADoctor(_) => "NotADoctor",
			Self::OnChain(_) => "OnChain",
			Self::NotAnHpkeKey => "NotAnHpkeKey",
		}
	}
}
