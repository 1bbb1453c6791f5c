//! Who is on call by the hours: whoever is on duty when an alert is found is told in place of the ladder's doctor.

use rand::{rngs::StdRng, RngExt, SeedableRng};
use salus::AccountId;
use salus_primitives::{Moment, DAY, HOUR, MINUTE, SECOND};

use super::world::{account, rungs, signer, Fault, Warning, CAREGIVER, DOCTOR, NURSE, PATIENT};
use crate::alarms::{on_call, Entry, PATIENCE, RETENTION, STEP};

/// 2027-01-15T08:00:00Z
const NOW: Moment = super::super::world::NOW;
const SHIFT: Moment = 8 * HOUR;
const EARLY: [u8; 32] = [4; 32];
const LATE: [u8; 32] = [5; 32];
const EARLYS: &str = "+4930111111";
const LATES: &str = "+4930222222";
const DOCTORS: &str = "+4930123456";

/// On call from so long to so long from now.
fn duty(who: [u8; 32], from: Moment, until: Moment) -> Entry {
	Entry::Duty {
		account: Some(hex::encode(who)),
		from: NOW + from,
		until: NOW + until,
	}
}

fn nobody(from: Moment, until: Moment) -> Entry {
	Entry::Duty {
		account: None,
		from: NOW + from,
		until: NOW + until,
	}
}

/// A patient with limits and a ladder, and two doctors beside the ladder's.
async fn watched(entries: impl IntoIterator<Item = Entry>) -> Warning {
	let warning = Warning::new().await;
	warning.watched().await;
	warning.ladder().await;
	warning.reach(EARLY, EARLYS, None).await;
	warning.reach(LATE, LATES, None).await;
	for entry in entries {
		warning.enter(entry).await;
	}
	warning
}

/// Who is on the ladder of an alert that is raised now.
async fn ladder(warning: &mut Warning) -> Vec<[u8; 32]> {
	warning.alarmed().await;
	warning.round().await;
	on_chain(warning)
}

fn on_chain(warning: &Warning) -> Vec<[u8; 32]> {
	let raised = warning.chain.alerts().pop().unwrap();
	raised.ladder.iter().map(|(who, _)| who.0).collect()
}

async fn on_duty(warning: &Warning, at: Moment) -> Option<[u8; 32]> {
	let mut connection = warning.world.store().pool.acquire().await.unwrap();
	on_call(&mut connection, at).await.unwrap().map(|who| who.0)
}

#[tokio::test]
async fn whoever_is_on_duty_is_told_instead_of_the_ladders_doctor() {
	let mut warning = watched([duty(EARLY, 0, SHIFT)]).await;
	assert_eq!(ladder(&mut warning).await, [CAREGIVER, NURSE, EARLY]);
	let within = warning.chain.alerts()[0].ladder[2].1;
	assert_eq!(within, 15 * MINUTE, "the time is the ladder's");
	warning.rounds(16 * MINUTE).await;
	let told = warning.told();
	assert!(told.contains(&EARLYS.into()), "{told:?}");
	assert!(!told.contains(&DOCTORS.into()), "{told:?}");
	assert!(warning.chain.acknowledge(0, &account(EARLY)));
}

#[tokio::test]
async fn a_shift_begins_at_its_first_moment_and_ends_before_its_last() {
	for (passed, doctor) in [
		(0, DOCTOR),
		(HOUR - 1, DOCTOR),
		(HOUR, EARLY),
		(HOUR + SHIFT - 1, EARLY),
		(HOUR + SHIFT, LATE),
		(HOUR + 2 * SHIFT - 1, LATE),
		(HOUR + 2 * SHIFT, DOCTOR),
	] {
		let shifts = [
			duty(EARLY, HOUR, HOUR + SHIFT),
			duty(LATE, HOUR + SHIFT, HOUR + 2 * SHIFT),
		];
		let mut warning = watched(shifts).await;
		warning.pass(passed);
		assert_eq!(ladder(&mut warning).await, [CAREGIVER, NURSE, doctor], "after {passed}");
	}
}

#[tokio::test]
async fn the_latest_entry_counts_where_spans_overlap() {
	let entries = [duty(EARLY, 0, DAY), duty(LATE, SHIFT, 2 * SHIFT)];
	for (passed, doctor) in [(0, EARLY), (SHIFT, LATE), (2 * SHIFT, EARLY)] {
		let mut warning = watched(entries.clone()).await;
		warning.pass(passed);
		assert_eq!(ladder(&mut warning).await.last(), Some(&doctor), "after {passed}");
	}
	let warning = watched(entries).await;
	let shifts = warning.ledger.roster(NOW).await.unwrap();
	let shown: Vec<_> = shifts
		.iter()
		.map(|shift| (shift.account.0, shift.from - NOW, shift.until - NOW))
		.collect();
	assert_eq!(
		shown,
		[(EARLY, 0, SHIFT), (LATE, SHIFT, 2 * SHIFT), (EARLY, 2 * SHIFT, DAY)]
	);
	warning.enter(duty(EARLY, HOUR, 2 * SHIFT)).await;
	let shifts = warning.ledger.roster(NOW + HOUR).await.unwrap();
	assert_eq!(shifts.len(), 1, "her hours are one shift again: {shifts:?}");
	assert_eq!((shifts[0].from, shifts[0].until), (NOW, NOW + DAY));
}

#[tokio::test]
async fn a_span_taken_back_leaves_the_ladders_doctor() {
	for (passed, doctor) in [(0, EARLY), (HOUR, DOCTOR), (2 * HOUR, EARLY)] {
		let mut warning = watched([duty(EARLY, 0, SHIFT), nobody(HOUR, 2 * HOUR)]).await;
		warning.pass(passed);
		assert_eq!(ladder(&mut warning).await.last(), Some(&doctor), "after {passed}");
	}
}

#[tokio::test]
async fn whoever_is_on_the_ladder_already_is_not_told_twice() {
	let mut warning = watched([duty(NURSE, 0, SHIFT)]).await;
	assert_eq!(ladder(&mut warning).await, [CAREGIVER, NURSE, DOCTOR]);
	let mut warning = watched([duty(CAREGIVER, 0, SHIFT)]).await;
	assert_eq!(ladder(&mut warning).await, [CAREGIVER, NURSE, DOCTOR]);
	let mut warning = watched([duty(DOCTOR, 0, SHIFT)]).await;
	assert_eq!(ladder(&mut warning).await, [CAREGIVER, NURSE, DOCTOR]);
}

#[tokio::test]
async fn a_ladder_without_a_doctor_stays_without_and_no_ladder_is_made() {
	let mut warning = watched([duty(EARLY, 0, SHIFT)]).await;
	let rungs = rungs()[..2].to_vec();
	warning.enter(Entry::Ladder { patient: None, rungs }).await;
	assert_eq!(ladder(&mut warning).await, [CAREGIVER, NURSE]);
	let mut warning = watched([duty(EARLY, 0, SHIFT)]).await;
	let rungs = Vec::new();
	warning.enter(Entry::Ladder { patient: None, rungs }).await;
	warning.alarmed().await;
	warning.rounds(HOUR).await;
	assert_eq!(warning.told(), Vec::<String>::new());
}

#[tokio::test]
async fn an_alert_that_was_raised_before_the_change_of_shift_keeps_its_ladder() {
	let mut warning = watched([duty(EARLY, 0, SHIFT), duty(LATE, SHIFT, 2 * SHIFT)]).await;
	warning.pass(SHIFT - MINUTE);
	assert_eq!(ladder(&mut warning).await.last(), Some(&EARLY));
	warning.rounds(20 * MINUTE).await;
	let told = warning.told();
	assert!(
		told.contains(&EARLYS.into()) && !told.contains(&LATES.into()),
		"{told:?}"
	);
	assert!(
		warning.chain.acknowledge(0, &account(EARLY)),
		"the chain waits for the same"
	);
	// So does one whose transaction waits in the pool meanwhile.
	let mut warning = watched([duty(EARLY, 0, SHIFT), duty(LATE, SHIFT, 2 * SHIFT)]).await;
	warning.pass(SHIFT - 9 * SECOND);
	warning.alarmed().await;
	warning.chain.fail_next(Fault::Pooled);
	warning.round().await;
	warning.rounds(12 * SECOND).await;
	warning.chain.finalise();
	warning.rounds(MINUTE).await;
	assert_eq!(on_chain(&warning).last(), Some(&EARLY));
	warning.rounds(16 * MINUTE).await;
	let told = warning.told();
	assert!(
		told.contains(&EARLYS.into()) && !told.contains(&LATES.into()),
		"{told:?}"
	);
	assert_eq!(warning.chain.raises(), 1);
}

#[tokio::test]
async fn by_the_gateways_own_clock_whoever_is_on_duty_when_the_first_is_told() {
	let mut warning = watched([duty(EARLY, 0, SHIFT), duty(LATE, SHIFT, 2 * SHIFT)]).await;
	warning.pass(SHIFT - PATIENCE / 2);
	let id = warning.alarmed().await;
	warning.chain.set_away(true);
	warning.round().await;
	assert_eq!(ladder_of(&warning, id).await, EARLY);
	// The chain is looked for more and more seldom; nobody looked since the change.
	warning.pass(PATIENCE);
	warning.raiser.advance(warning.now).await.unwrap();
	assert_eq!(ladder_of(&warning, id).await, LATE);
	warning.rounds(5 * MINUTE + PATIENCE + 3 * SECOND).await;
	warning.rounds(10 * MINUTE + PATIENCE + 3 * SECOND).await;
	let told = warning.told();
	assert!(
		told.contains(&LATES.into()) && !told.contains(&EARLYS.into()),
		"{told:?}"
	);
	// It is back, and takes the same.
	warning.chain.set_away(false);
	warning.rounds(3 * MINUTE).await;
	assert_eq!(on_chain(&warning), [LATE]);
}

/// The doctor of an alert here.
async fn ladder_of(warning: &Warning, id: i64) -> [u8; 32] {
	let alert = warning.ledger.alert(id).await.unwrap();
	alert.ladder.last().unwrap().account().unwrap().0
}

#[tokio::test]
async fn a_ladder_that_is_taken_away_before_the_first_is_told_stops_nobody_elses_alert() {
	let mut warning = watched([]).await;
	warning.alarmed().await;
	warning.chain.set_away(true);
	let rungs = Vec::new();
	warning.enter(Entry::Ladder { patient: None, rungs }).await;
	warning.pass(PATIENCE);
	warning.raiser.advance(warning.now).await.unwrap();
	assert_eq!(warning.told(), Vec::<String>::new());
	warning.ladder().await;
	warning.rounds(6 * SECOND).await;
	assert_eq!(warning.told(), ["kin@example.org"]);
}

#[tokio::test]
async fn a_span_that_cannot_be_is_refused_by_name_and_changes_nothing() {
	let warning = watched([duty(EARLY, 0, SHIFT)]).await;
	let (entries, shifts) = (
		warning.ledger.entries(0, 99).await.unwrap(),
		warning.ledger.roster(NOW).await.unwrap(),
	);
	let over = |account: Option<String>| Entry::Duty {
		account,
		from: NOW - HOUR,
		until: NOW,
	};
	for (entry, name) in [
		(duty(LATE, HOUR, HOUR), "SpanEmpty"),
		(duty(LATE, 2 * HOUR, HOUR), "SpanEmpty"),
		(nobody(HOUR, HOUR), "SpanEmpty"),
		(duty(LATE, 0, 31 * DAY + 1), "SpanTooLong"),
		(nobody(0, 31 * DAY + 1), "SpanTooLong"),
		(over(Some(hex::encode(LATE))), "SpanOver"),
		(over(None), "SpanOver"),
		(duty(LATE, 366 * DAY + 1, 367 * DAY), "SpanTooFar"),
		(duty(LATE, Moment::MAX - NOW - HOUR, Moment::MAX - NOW), "SpanTooFar"),
		(duty([9; 32], 0, HOUR), "UnknownAddressee"),
		(
			Entry::Duty {
				account: Some("nobody".into()),
				from: NOW,
				until: NOW + HOUR,
			},
			"NotAnAccount",
		),
	] {
		let refused = warning.ledger.write(&account(NURSE), &entry, NOW).await.unwrap_err();
		assert_eq!(refused.name(), name, "{entry:?}: {refused}");
	}
	assert_eq!(warning.ledger.entries(0, 99).await.unwrap(), entries);
	assert_eq!(warning.ledger.roster(NOW).await.unwrap(), shifts);
	// Just not too long, too far, or over.
	for entry in [
		duty(LATE, 0, 31 * DAY),
		duty(LATE, 366 * DAY, 367 * DAY),
		Entry::Duty {
			account: Some(hex::encode(LATE)),
			from: NOW - HOUR,
			until: NOW + 1,
		},
	] {
		warning.enter(entry).await;
	}
}

#[tokio::test]
async fn whoever_is_on_the_roster_stays_reachable_until_her_last_shift_is_over() {
	let warning = watched([duty(EARLY, 0, SHIFT), duty(LATE, SHIFT, 2 * SHIFT)]).await;
	let forget = async |who, now| {
		warning
			.ledger
			.forget(&account(who), now)
			.await
			.map_err(|error| error.name())
	};
	assert_eq!(forget(EARLY, NOW).await, Err("OnRoster"));
	assert_eq!(forget(LATE, NOW).await, Err("OnRoster"));
	assert_eq!(forget(EARLY, NOW + SHIFT - 1).await, Err("OnRoster"));
	assert_eq!(forget(EARLY, NOW + SHIFT).await, Ok(()));
	warning.enter(nobody(SHIFT, 2 * SHIFT)).await;
	assert_eq!(forget(LATE, NOW).await, Ok(()));
}

#[tokio::test]
async fn whoever_an_open_alert_may_come_to_stays_reachable_after_her_shift() {
	let mut warning = watched([duty(EARLY, 0, SHIFT)]).await;
	warning.pass(SHIFT - MINUTE);
	assert_eq!(ladder(&mut warning).await.last(), Some(&EARLY));
	warning.rounds(2 * MINUTE).await;
	let refused = warning.ledger.forget(&account(EARLY), warning.now).await.unwrap_err();
	assert_eq!(refused.name(), "OnAlert");
	assert!(warning.chain.acknowledge(0, &account(CAREGIVER)), "she has it first");
	warning.rounds(6 * SECOND).await;
	warning.ledger.forget(&account(EARLY), warning.now).await.unwrap();
}

#[tokio::test]
async fn what_never_reached_the_chain_goes_to_whoever_is_on_duty_when_it_does() {
	let mut warning = watched([duty(EARLY, 0, SHIFT), duty(LATE, SHIFT, 2 * SHIFT)]).await;
	warning.pass(SHIFT - 9 * SECOND);
	let id = warning.alarmed().await;
	warning.chain.fail_next(Fault::Lost);
	warning.round().await;
	assert!(warning.ledger.alert(id).await.unwrap().sent);
	warning.pass(HOUR);
	warning.restart().await;
	warning.rounds(30 * SECOND).await;
	let told = on_chain(&warning);
	assert_eq!(told.last(), Some(&LATE), "{told:?}");
	assert_eq!(warning.chain.alerts().len(), 1);
	assert_eq!(ladder_of(&warning, id).await, LATE);
}

#[tokio::test]
async fn a_roster_that_the_chain_refused_is_put_right_for_alerts_on_their_way() {
	let mut warning = watched([duty(EARLY, 0, SHIFT)]).await;
	let id = warning.alarmed().await;
	while warning.now < NOW + PATIENCE + 9 * SECOND {
		warning.chain.fail_next(Fault::Refused);
		warning.rounds(3 * SECOND).await;
	}
	assert_eq!(
		warning.ledger.alert(id).await.unwrap().step,
		Some(0),
		"told by the gateway's own clock"
	);
	warning.enter(duty(LATE, 0, SHIFT)).await;
	warning.rounds(3 * MINUTE).await;
	assert_eq!(on_chain(&warning), [CAREGIVER, NURSE, LATE]);
	assert_eq!(
		warning.told().iter().filter(|told| *told == "kin@example.org").count(),
		2,
		"with its number too"
	);
}

#[tokio::test]
async fn while_the_chain_is_away_the_next_rung_is_whoever_is_on_duty_by_then() {
	let mut warning = watched([duty(EARLY, 0, SHIFT), duty(LATE, SHIFT, 2 * SHIFT)]).await;
	warning.pass(SHIFT - 2 * PATIENCE);
	let id = warning.alarmed().await;
	warning.chain.set_away(true);
	warning.rounds(PATIENCE + 9 * SECOND).await;
	let alert = warning.ledger.alert(id).await.unwrap();
	assert_eq!((alert.step, ladder_of(&warning, id).await), (Some(0), EARLY));
	warning.rounds(30 * MINUTE).await;
	let told = warning.told();
	assert!(told.contains(&LATES.into()), "{told:?}");
	assert!(!told.contains(&EARLYS.into()), "{told:?}");
}

#[tokio::test]
async fn an_alert_that_somebody_has_by_now_does_not_leave() {
	let mut warning = watched([]).await;
	let id = warning.alarmed().await;
	warning.ledger.answer(id, warning.now).await.unwrap();
	assert_eq!(warning.ledger.sending(id, warning.now).await.unwrap(), None);
	warning.rounds(30 * SECOND).await;
	assert_eq!(warning.chain.raises(), 0);
}

#[tokio::test]
async fn an_alert_that_has_ended_keeps_its_ladder() {
	let mut warning = watched([duty(EARLY, 0, SHIFT)]).await;
	let id = warning.alarmed().await;
	warning.ledger.refresh_ladder(id, warning.now).await.unwrap();
	assert_eq!(ladder_of(&warning, id).await, EARLY);
	warning.ledger.answer(id, warning.now).await.unwrap();
	warning.enter(duty(LATE, 0, SHIFT)).await;
	warning.ledger.refresh_ladder(id, warning.now).await.unwrap();
	assert_eq!(ladder_of(&warning, id).await, EARLY);
}

#[tokio::test]
async fn a_shift_leaves_thirty_days_after_its_end_and_who_entered_it_stays() {
	let mut warning = watched([duty(EARLY, 0, SHIFT), duty(LATE, SHIFT, 2 * SHIFT)]).await;
	let entries = warning.ledger.entries(0, 99).await.unwrap();
	warning.pass(SHIFT + RETENTION - 1);
	assert_eq!(warning.ledger.prune_roster(warning.now).await.unwrap(), 0);
	warning.pass(1);
	assert_eq!(warning.ledger.prune_roster(warning.now).await.unwrap(), 1);
	assert_eq!(on_duty(&warning, NOW).await, None);
	assert_eq!(on_duty(&warning, NOW + SHIFT).await, Some(LATE));
	assert_eq!(warning.ledger.entries(0, 99).await.unwrap(), entries);
	let last = entries.last().unwrap();
	assert_eq!((last.by, last.at), (NURSE, NOW));
	assert_eq!(last.entry, duty(LATE, SHIFT, 2 * SHIFT));
	let insert = "INSERT INTO roster (starts, ends, account) VALUES (?1, ?1 + 1, 'ab')";
	for starts in 0..70i64 {
		let inserted = sqlx::query(insert).bind(starts);
		inserted.execute(&warning.world.store().pool).await.unwrap();
	}
	let mut steps = Vec::new();
	for _ in 0..3 {
		steps.push(warning.ledger.prune_roster(warning.now).await.unwrap());
	}
	assert_eq!(steps, [STEP, 6, 0]);
}

#[tokio::test]
async fn the_roster_is_there_after_a_restart() {
	let mut warning = watched([duty(EARLY, 0, SHIFT)]).await;
	warning.restart().await;
	assert_eq!(ladder(&mut warning).await, [CAREGIVER, NURSE, EARLY]);
}

/// Whoever the last of the entries that hold at a time names: what the roster has to say, told another way.
fn latest(entries: &[(Option<[u8; 32]>, Moment, Moment)], at: Moment) -> Option<[u8; 32]> {
	let holds = |(_, from, until): &&(Option<[u8; 32]>, Moment, Moment)| (*from..*until).contains(&at);
	entries.iter().rev().find(holds).and_then(|(who, ..)| *who)
}

#[tokio::test]
async fn at_each_moment_the_last_entry_that_holds_then_says_who_is_on_duty() {
	const HOURS: u64 = 12;
	let mut random = StdRng::seed_from_u64(7);
	for case in 0..24 {
		let warning = watched([]).await;
		let mut entries = Vec::new();
		for _ in 0..10 {
			let from = random.random_range(0..HOURS);
			let until = random.random_range(from + 1..=HOURS);
			let who = [None, Some(EARLY), Some(LATE), Some(DOCTOR)][random.random_range(0..4)];
			let (from, until) = (NOW + from * HOUR, NOW + until * HOUR);
			entries.push((who, from, until));
			let account = who.map(hex::encode);
			warning.enter(Entry::Duty { account, from, until }).await;
			let shifts = warning.ledger.roster(NOW).await.unwrap();
			for hour in 0..=HOURS {
				for at in [NOW + hour * HOUR, NOW + hour * HOUR + HOUR - 1] {
					let expected = latest(&entries, at);
					assert_eq!(
						on_duty(&warning, at).await,
						expected,
						"case {case}: {entries:?} at {at}"
					);
					let shown = shifts.iter().find(|shift| (shift.from..shift.until).contains(&at));
					assert_eq!(
						shown.map(|shift| shift.account),
						expected.map(AccountId::from),
						"case {case}"
					);
				}
			}
			assert!(
				shifts.windows(2).all(|pair| pair[0].until <= pair[1].from),
				"case {case}: {shifts:?}"
			);
		}
	}
}

#[tokio::test]
async fn an_emergency_leaves_the_caregiver_out_and_goes_to_her_if_she_is_on_duty() {
	let mut warning = watched([duty(CAREGIVER, 0, SHIFT)]).await;
	warning.adult(PATIENT).await;
	let values = [
		("9279-1", "30", "/min"),
		("59408-5", "88", "%"),
		("8480-6", "85", "mm[Hg]"),
		("8867-4", "70", "/min"),
		("8310-5", "37.0", "Cel"),
	];
	warning.measured_all(&signer(1), 1, &values).await;
	warning.round().await;
	assert_eq!(on_chain(&warning), [NURSE, CAREGIVER]);
}
