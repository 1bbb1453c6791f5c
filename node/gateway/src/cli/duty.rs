//! `salus-gateway vitals duty`

use clap::Args;
use salus::{words, AccountId};
use salus_primitives::Moment;
use serde_json::{json, Value};

use super::{vitals::By, Report};
use crate::{
	alarms::{Entry, Ledger, Shift},
	GatewayError,
};

/// `salus-gateway vitals duty`
#[derive(Args)]
pub struct DutyCommand {
	#[command(flatten)]
	duty: Option<Duty>,
}

/// Who is on call, for which span.
#[derive(Args)]
#[group(id = "duty", requires_all = ["who", "from", "until", "by"])]
struct Duty {
	/// The doctor's account, or `none`: each ladder's own doctor is told then
	#[arg(value_name = "ACCOUNT", value_parser = who, required = false)]
	who: Who,
	/// From when on, in UTC
	#[arg(long, value_name = "TIME", value_parser = words::moment, required = false)]
	from: Moment,
	/// Until when, without that moment itself
	#[arg(long, value_name = "TIME", value_parser = words::moment, required = false)]
	until: Moment,
	/// The account of who enters it
	#[arg(long, value_name = "ACCOUNT", value_parser = words::account, required = false)]
	by: AccountId,
}

/// Somebody, or nobody.
#[derive(Clone)]
struct Who(Option<AccountId>);

fn who(text: &str) -> Result<Who, String> {
	match text {
		"none" => Ok(Who(None)),
		text => words::account(text).map(|account| Who(Some(account))),
	}
}

impl DutyCommand {
	pub async fn run(self, ledger: &Ledger, now: Moment) -> Result<Report, GatewayError> {
		let Some(Duty { who, from, until, by }) = self.duty else {
			return Ok(list(&ledger.roster(now).await?, now));
		};
		let account = who.0.map(|account| hex::encode(account.0));
		By::from(by).enter(ledger, Entry::Duty { account, from, until }).await
	}
}

fn list(shifts: &[Shift], now: Moment) -> Report {
	let (current, next) = match shifts.split_first() {
		Some((first, next)) if first.from <= now => (Some(first), next),
		_ => (None, shifts),
	};
	let line = |shift: &Shift| {
		let [from, until] = [shift.from, shift.until].map(words::show_moment);
		format!("{}  {from} to {until}", shift.account)
	};
	let on_call = current.map_or("nobody: each ladder's own doctor is told".into(), line);
	let mut lines = vec![format!("now   {on_call}")];
	lines.extend(next.iter().map(|shift| format!("next  {}", line(shift))));
	let object = |shift: &Shift| {
		json!({
			"account": shift.account.to_string(),
			"from": words::number(shift.from),
			"until": words::number(shift.until),
		})
	};
	Report {
		lines,
		json: json!({ "now": current.map(object), "next": next.iter().map(object).collect::<Value>() }),
	}
}
