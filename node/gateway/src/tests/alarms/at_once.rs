//! Alerts that are due in one round go onto the chain together, and each once.

use std::{collections::BTreeSet, time::Duration};

use salus_primitives::{DAY, MINUTE, SECOND};
use tokio::sync::watch;

use super::world::{account, signer, Fault, Warning, DOCTOR, PATIENT};
use crate::{
	alarms::{Entry, Subject, RETENTION},
	GatewayError,
};

const KIN: &str = "kin@example.org";
/// Code, unit, limit, and a value above it.
const ABOVE: [(&str, &str, &str, &str); 5] = [
	("8867-4", "/min", "120", "140"),
	("9279-1", "/min", "20", "24"),
	("59408-5", "%", "96", "98"),
	("8310-5", "Cel", "38", "39.5"),
	("8480-6", "mm[Hg]", "140", "160"),
];

/// A patient with so many values beyond their limits.
pub async fn ill(many: usize) -> Warning {
	let mut warning = Warning::new().await;
	warning.watched().await;
	warning.ladder().await;
	let above = ABOVE.iter().take(many);
	for (code, unit, high, _) in above.clone() {
		warning
			.enter(Entry::Limits {
				of: Subject::Patient(PATIENT),
				code: (*code).into(),
				unit: (*unit).into(),
				low: None,
				high: Some((*high).into()),
			})
			.await;
	}
	let values: Vec<_> = above.map(|(code, unit, _, value)| (*code, *value, *unit)).collect();
	warning.judge().await;
	warning.measured_all(&signer(1), 1, &values).await;
	warning.judge().await;
	assert_eq!(warning.found().await.len(), many);
	warning
}

/// All that is due is worked on at once, until every alert stands on chain.
pub async fn raise_all(warning: &Warning) -> Result<(), GatewayError> {
	let (stop, end) = watch::channel(false);
	let now = warning.now;
	let raised = async {
		loop {
			let looked = warning.raiser.waiting.notified();
			let open = warning.ledger.alerts(true).await?;
			if open.iter().all(|alert| alert.chain.is_some()) {
				stop.send_replace(true);
				return Ok(());
			}
			looked.await;
		}
	};
	let work = warning.raiser.run(move || now, end);
	futures::try_join!(work, raised).map(|_| ())
}

/// Whether so many alerts are on chain, each once.
pub fn once_each(warning: &Warning, many: usize) -> bool {
	let alerts = warning.chain.alerts();
	let commitments: BTreeSet<_> = alerts.iter().map(|alert| alert.commitment).collect();
	(alerts.len(), commitments.len()) == (many, many)
}

/// How many of its alerts the gateway knows to be on chain.
async fn raised(warning: &Warning) -> usize {
	let found = warning.found().await;
	found.iter().filter(|(alert, _)| alert.chain.is_some()).count()
}

/// Waits until it knows so many.
async fn until_raised(warning: &Warning, many: usize) {
	let all = async {
		while raised(warning).await < many {
			tokio::time::sleep(Duration::from_millis(20)).await;
		}
	};
	let all = tokio::time::timeout(Duration::from_secs(60), all);
	all.await.unwrap_or_else(|_| panic!("{many} are raised"));
}

#[tokio::test]
async fn they_wait_for_finality_together() {
	let mut warning = ill(5).await;
	warning.chain.finalise_together(5);
	let raised = tokio::time::timeout(Duration::from_secs(20), raise_all(&warning));
	raised.await.expect("one waits for another").unwrap();
	assert!(once_each(&warning, 5));
	assert_eq!(warning.chain.raises(), 5);
	warning.rounds(6 * SECOND).await;
	assert_eq!(warning.told(), [KIN; 5]);
	assert!(once_each(&warning, 5));
}

#[tokio::test]
async fn one_that_hangs_holds_up_no_other() {
	let warning = ill(3).await;
	warning.chain.fail_next(Fault::Hangs);
	let others = async {
		until_raised(&warning, 2).await;
		// Longer than work is looked for without being told: time enough to send it again, if it were.
		tokio::time::sleep(Duration::from_millis(1_500)).await;
	};
	tokio::select! {
		_ = raise_all(&warning) => panic!("one of them is still looked at"),
		() = others => {}
	}
	assert!(once_each(&warning, 2));
	assert_eq!(raised(&warning).await, 2);
	assert_eq!(warning.chain.raises(), 3, "it is not sent again while it is looked at");
}

#[tokio::test]
async fn one_that_is_refused_spoils_no_other() {
	for fault in [Fault::Refused, Fault::Lost, Fault::Unheard, Fault::Pooled] {
		let mut warning = ill(3).await;
		warning.chain.fail_next(fault);
		// It is cut off when the fault has hit one of them, whatever becomes of that one.
		tokio::select! {
			raised = raise_all(&warning) => raised.unwrap(),
			() = until_raised(&warning, 2) => {}
		}
		warning.restart().await;
		warning.chain.finalise();
		warning.rounds(30 * SECOND).await;
		assert!(once_each(&warning, 3), "{fault:?}");
		assert_eq!(warning.told(), [KIN; 3], "{fault:?}");
	}
}

#[tokio::test]
async fn what_is_long_over_leaves_in_the_same_work() {
	let mut warning = ill(2).await;
	raise_all(&warning).await.unwrap();
	warning.rounds(20 * MINUTE).await;
	for id in 0..2 {
		assert!(warning.chain.acknowledge(id, &account(DOCTOR)));
	}
	warning.rounds(6 * SECOND).await;
	warning.pass(RETENTION - DAY);
	raise_all(&warning).await.unwrap();
	assert_eq!(warning.found().await.len(), 2);
	warning.pass(DAY);
	raise_all(&warning).await.unwrap();
	assert_eq!(warning.found().await.len(), 0);
}
