//! An alert on its way: onto the chain, to the first, to the next, until somebody has it.

use std::time::Duration;

use salus_primitives::{HOUR, MINUTE, SECOND};

use super::world::{account, signer, Fault, Warning, CAREGIVER, DOCTOR, NURSE, PATIENT};
use crate::alarms::{AlarmError, PATIENCE};

const KIN: &str = "kin@example.org";
const NURSES: &str = "nurse@example.org";
const DOCTORS: &str = "+4930123456";

/// A patient with limits and a ladder.
async fn watched() -> Warning {
	let warning = unwatched().await;
	warning.ladder().await;
	warning
}

async fn unwatched() -> Warning {
	let warning = Warning::new().await;
	warning.watched().await;
	warning
}

fn events(warning: &Warning, event: &str) -> u64 {
	let text = warning.world.registrar.metrics.text().unwrap();
	let name = format!("salus_gateway_alerts_total{{event=\"{event}\"}} ");
	let line = text.lines().find_map(|line| line.strip_prefix(&name));
	line.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn whoever_acknowledges_in_time_ends_it() {
	let mut warning = watched().await;
	warning.alarmed().await;
	warning.round().await;
	assert_eq!(warning.told(), [KIN]);
	let raised = warning.chain.alerts().remove(0);
	assert_eq!((raised.patient, raised.ladder.len(), raised.step), (PATIENT, 3, 0));
	warning.rounds(4 * MINUTE).await;
	assert!(!warning.chain.acknowledge(0, &account(NURSE)), "it is not with her");
	assert!(warning.chain.acknowledge(0, &account(CAREGIVER)));
	warning.rounds(HOUR).await;
	assert_eq!(warning.told(), [KIN]);
	assert_eq!(warning.found().await[0].0.state, "acknowledged");
	let counted = ["raised", "told", "acknowledged", "escalated", "failed"].map(|event| events(&warning, event));
	assert_eq!(counted, [1, 1, 1, 0, 0]);
	let metrics = warning.world.registrar.metrics.text().unwrap();
	assert!(metrics.contains("alert_seconds_to_tell_count 1"), "{metrics}");
}

/// Respiration, saturation, systolic pressure, pulse, temperature.
const SET: [(&str, &str, &str); 5] = [
	("9279-1", "16", "/min"),
	("59408-5", "97", "%"),
	("8480-6", "120", "mm[Hg]"),
	("8867-4", "70", "/min"),
	("8310-5", "37.0", "Cel"),
];

#[tokio::test]
async fn an_emergency_does_not_wait_for_the_caregiver() {
	let mut warning = watched().await;
	warning.adult(PATIENT).await;
	let mut values = SET;
	(values[0].1, values[1].1, values[2].1) = ("30", "88", "85");
	warning.measured_all(&signer(1), 1, &values).await;
	warning.round().await;
	assert_eq!(warning.told(), [NURSES]);
	let raised = warning.chain.alerts().remove(0);
	assert_eq!(raised.ladder.len(), 2);
	assert!(warning.chain.acknowledge(0, &account(NURSE)));
}

#[tokio::test]
async fn a_notice_gets_no_doctor_out_of_bed() {
	// Known when it is found, or only later.
	for is_late in [false, true] {
		let mut warning = if is_late { unwatched().await } else { watched().await };
		warning.adult(PATIENT).await;
		warning.measured_all(&signer(1), 1, &SET).await;
		warning.round().await;
		// Her score is lost.
		warning.pass(2 * HOUR);
		warning.round().await;
		if is_late {
			warning.ladder().await;
		}
		warning.rounds(HOUR).await;
		let told = warning.told();
		assert!(told.contains(&KIN.into()) && told.contains(&NURSES.into()), "{told:?}");
		assert!(!told.contains(&DOCTORS.into()), "{told:?}");
	}
}

#[tokio::test]
async fn nobody_acknowledges_and_all_are_told_one_after_the_other_the_last_again_and_again() {
	let mut warning = watched().await;
	warning.alarmed().await;
	warning.round().await;
	let mut told = vec![KIN];
	assert_eq!(warning.told(), told);
	warning.rounds(5 * MINUTE - 3 * SECOND).await;
	assert_eq!(warning.told(), told, "she has her time");
	warning.rounds(6 * SECOND).await;
	told.push(NURSES);
	assert_eq!(warning.told(), told);
	warning.rounds(10 * MINUTE).await;
	told.insert(0, DOCTORS);
	assert_eq!(warning.told(), told);
	assert_eq!(warning.chain.alerts()[0].step, 2);
	assert_eq!(events(&warning, "escalated"), 2);
	// The last is told again each time that her time passes, by the gateway's clock.
	warning.rounds(15 * MINUTE + PATIENCE + 3 * SECOND).await;
	told.insert(0, DOCTORS);
	assert_eq!(warning.told(), told);
	warning.rounds(15 * MINUTE + PATIENCE + 3 * SECOND).await;
	told.insert(0, DOCTORS);
	assert_eq!(warning.told(), told);
	// She may be late: nobody else is left.
	assert!(warning.chain.acknowledge(0, &account(DOCTOR)));
	warning.rounds(HOUR).await;
	assert_eq!(warning.told(), told);
	assert_eq!(warning.chain.alerts().len(), 1);
}

#[tokio::test]
async fn somebody_elses_escalation_is_followed() {
	let mut warning = watched().await;
	warning.alarmed().await;
	warning.round().await;
	warning.pass(5 * MINUTE);
	crate::alarms::Chain::escalate(&warning.chain, 0).await.unwrap();
	warning.round().await;
	assert_eq!(warning.told(), [KIN, NURSES]);
	assert_eq!(warning.chain.alerts()[0].step, 1);
}

#[tokio::test]
async fn a_transaction_of_which_nobody_heard_is_looked_for_before_it_is_sent_again() {
	for (fault, raises) in [(Fault::Unheard, 1), (Fault::Lost, 2), (Fault::Pooled, 1)] {
		for restarts in [false, true] {
			let mut warning = watched().await;
			warning.alarmed().await;
			warning.chain.fail_next(fault);
			warning.round().await;
			if restarts {
				warning.restart().await;
			}
			warning.rounds(15 * SECOND).await;
			if fault == Fault::Pooled {
				assert_eq!(warning.told(), Vec::<String>::new(), "it is on its way");
				warning.chain.finalise();
				warning.rounds(15 * SECOND).await;
			}
			assert_eq!(warning.chain.alerts().len(), 1, "{fault:?}");
			assert_eq!(warning.chain.raises(), raises, "{fault:?}");
			assert_eq!(warning.told(), [KIN], "{fault:?}");
		}
	}
}

#[tokio::test]
async fn a_chain_that_is_away_keeps_nobody_from_being_told() {
	let mut warning = watched().await;
	warning.alarmed().await;
	warning.chain.set_away(true);
	warning.round().await;
	warning.rounds(PATIENCE - 3 * SECOND).await;
	assert_eq!(warning.told(), Vec::<String>::new());
	warning.rounds(3 * SECOND).await;
	assert_eq!(warning.told(), [KIN]);
	warning.rounds(5 * MINUTE + PATIENCE + 3 * SECOND).await;
	assert_eq!(warning.told(), [KIN, NURSES]);
	let text = warning.messages().remove(0).1;
	assert!(text.contains("no number yet"), "{text}");
	// It is back: the chain's ladder begins with whoever has it now, and she is told the number.
	warning.chain.set_away(false);
	warning.rounds(3 * MINUTE).await;
	let raised = warning.chain.alerts().remove(0);
	let on_chain: Vec<_> = raised.ladder.iter().map(|(who, _)| who.0).collect();
	assert_eq!(on_chain, [NURSE, DOCTOR]);
	assert_eq!(warning.told(), [KIN, NURSES, NURSES]);
	assert!(warning
		.messages()
		.iter()
		.any(|(to, text)| to == NURSES && text.contains("Alert 0 ")));
	assert!(warning.chain.acknowledge(0, &account(NURSE)));
	warning.rounds(HOUR).await;
	assert_eq!(warning.told().len(), 3);
}

#[tokio::test]
async fn a_chain_that_goes_away_later_keeps_nobody_from_being_told() {
	let mut warning = watched().await;
	warning.alarmed().await;
	warning.round().await;
	warning.chain.set_away(true);
	warning.rounds(5 * MINUTE + PATIENCE + 3 * SECOND).await;
	assert_eq!(warning.told(), [KIN, NURSES]);
	warning.chain.set_away(false);
	warning.rounds(3 * MINUTE).await;
	assert_eq!(
		warning.told(),
		[KIN, NURSES],
		"the chain comes after her, and she is not told twice"
	);
	assert_eq!(warning.chain.alerts()[0].step, 1);
	assert!(warning.chain.acknowledge(0, &account(NURSE)));
}

#[tokio::test]
async fn a_chain_that_hangs_keeps_nobody_from_being_told() {
	let mut warning = watched().await;
	let id = warning.alarmed().await;
	warning.chain.fail_next(Fault::Hangs);
	// Whatever it is waited for, the gateway's own clock is a task of its own.
	let looked = tokio::time::timeout(Duration::from_millis(200), warning.raiser.look(id, warning.now)).await;
	assert!(looked.is_err());
	warning.pass(PATIENCE);
	warning.raiser.advance(warning.now).await.unwrap();
	assert!(warning.teller.next(warning.now).await.unwrap());
	assert_eq!(warning.told(), [KIN]);
}

#[tokio::test]
async fn what_the_chain_refuses_is_told_all_the_same_and_answered_at_the_desk() {
	let mut warning = watched().await;
	warning.alarmed().await;
	for _ in 0..20 {
		warning.chain.fail_next(Fault::Refused);
		warning.rounds(3 * SECOND).await;
	}
	warning.chain.fail_next(Fault::Refused);
	warning.rounds(6 * SECOND).await;
	assert_eq!(warning.told(), [KIN]);
	let alert = warning.found().await.remove(0).0;
	assert_eq!((alert.chain, alert.error.as_deref()), (None, Some("NotAnAddressee")));
	assert!(events(&warning, "failed") > 1);
	warning.ledger.answer(alert.id, warning.now).await.unwrap();
	warning.rounds(HOUR).await;
	assert_eq!(warning.told(), [KIN]);
	let again = warning.ledger.answer(alert.id, warning.now).await.unwrap_err();
	assert_eq!(again.name(), "NotFound");
}

#[tokio::test]
async fn what_is_on_the_chain_is_answered_there() {
	let mut warning = watched().await;
	warning.alarmed().await;
	warning.round().await;
	let alert = warning.found().await.remove(0).0;
	let refused = warning.ledger.answer(alert.id, warning.now).await.unwrap_err();
	assert!(
		matches!(refused, crate::GatewayError::Alarm(AlarmError::OnChain(0))),
		"{refused}"
	);
}

#[tokio::test]
async fn without_a_ladder_nobody_is_told_until_there_is_one() {
	let mut warning = unwatched().await;
	warning.alarmed().await;
	warning.rounds(HOUR).await;
	assert_eq!(warning.chain.alerts().len(), 0);
	assert_eq!(warning.found().await[0].0.error.as_deref(), Some("NoLadder"));
	assert_eq!(events(&warning, "failed"), 1);
	warning.ladder().await;
	warning.rounds(6 * SECOND).await;
	assert_eq!(warning.told(), [KIN]);
	assert_eq!(warning.chain.alerts().len(), 1);
}

#[tokio::test]
async fn a_crash_in_any_state_tells_nobody_twice() {
	let mut warning = watched().await;
	warning.alarmed().await;
	for _ in 0..10 {
		warning.restart().await;
		warning.round().await;
		warning.pass(30 * SECOND);
	}
	assert_eq!(warning.told(), [KIN]);
	for _ in 0..20 {
		warning.restart().await;
		warning.round().await;
		warning.pass(30 * SECOND);
	}
	assert_eq!(warning.told(), [KIN, NURSES]);
	assert_eq!(warning.chain.raises(), 1);
}
