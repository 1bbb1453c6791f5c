//! Alerts that are long over leave the database.

use salus_primitives::{DAY, MINUTE, SECOND};

use super::world::{account, Fault, Warning, CAREGIVER, DOCTOR};
use crate::alarms::{RETENTION, STEP};

async fn watched() -> Warning {
	let warning = Warning::new().await;
	warning.watched().await;
	warning.ladder().await;
	warning
}

/// How many rows there are of alerts, and of notices of them.
async fn rows(warning: &Warning) -> (i64, i64) {
	let pool = &warning.world.store().pool;
	let count = async |table: &str| {
		let sql = format!("SELECT COUNT(*) FROM {table}");
		sqlx::query_scalar::<_, i64>(&sql).fetch_one(pool).await.unwrap()
	};
	(count("alerts").await, count("alert_notices").await)
}

#[tokio::test]
async fn an_alert_leaves_thirty_days_after_its_end_and_what_it_said_with_it() {
	let mut warning = watched().await;
	let id = warning.alarmed().await;
	warning.round().await;
	warning.pass(60 * DAY);
	assert_eq!(warning.ledger.prune(warning.now).await.unwrap(), 0, "it is open");
	warning.rounds(11 * MINUTE).await;
	assert!(warning.chain.acknowledge(0, &account(DOCTOR)));
	warning.rounds(6 * SECOND).await;
	assert_eq!(warning.found().await[0].0.state, "acknowledged");
	warning.pass(RETENTION - 6 * SECOND);
	assert_eq!(
		warning.ledger.prune(warning.now).await.unwrap(),
		0,
		"it is not over for so long"
	);
	assert!(rows(&warning).await.1 > 1);
	warning.pass(6 * SECOND);
	assert_eq!(warning.ledger.prune(warning.now).await.unwrap(), 1);
	assert_eq!(rows(&warning).await, (0, 0));
	assert_eq!(warning.ledger.alert(id).await.unwrap_err().name(), "NotFound");
	assert_eq!(warning.ledger.prune(warning.now).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_still_to_be_told_stays() {
	let mut warning = watched().await;
	let id = warning.alarmed().await;
	warning.raiser.look(id, warning.now).await.unwrap();
	let claimed = warning.ledger.claim_notice(warning.now).await.unwrap();
	assert!(claimed.is_some());
	assert!(warning.chain.acknowledge(0, &account(CAREGIVER)));
	warning.pass(3 * SECOND);
	warning.raiser.look(id, warning.now).await.unwrap();
	warning.pass(2 * RETENTION);
	assert_eq!(warning.ledger.prune(warning.now).await.unwrap(), 0, "it is being sent");
	// As after a crash: it is sent again under its name, and over.
	warning.restart().await;
	warning.round().await;
	assert_eq!(warning.ledger.prune(warning.now).await.unwrap(), 1);
	assert_eq!(rows(&warning).await, (0, 0));
}

#[tokio::test]
async fn what_was_answered_at_the_desk_leaves_too() {
	let mut warning = watched().await;
	let id = warning.alarmed().await;
	warning.chain.fail_next(Fault::Refused);
	warning.raiser.look(id, warning.now).await.unwrap();
	warning.pass(DAY);
	warning.ledger.answer(id, warning.now).await.unwrap();
	warning.pass(RETENTION - SECOND);
	assert_eq!(warning.ledger.prune(warning.now).await.unwrap(), 0);
	warning.pass(SECOND);
	assert_eq!(warning.ledger.prune(warning.now).await.unwrap(), 1);
}

#[tokio::test]
async fn many_leave_in_bounded_steps_and_what_is_open_stays() {
	let mut warning = watched().await;
	let many = i64::try_from(STEP).unwrap() + 6;
	let insert = "INSERT INTO alerts (key, patient, created, commitment, sealed, ladder, state, wake) \
		VALUES (randomblob(32), 7, 0, zeroblob(32), x'00', '[]', ?, ?)";
	for (state, count) in [("acknowledged", many - 1), ("ended", 1), ("open", 2)] {
		for _ in 0..count {
			let inserted = sqlx::query(insert)
				.bind(state)
				.bind(i64::try_from(warning.now).unwrap());
			inserted.execute(&warning.world.store().pool).await.unwrap();
		}
	}
	warning.pass(RETENTION);
	let mut steps = Vec::new();
	for _ in 0..3 {
		steps.push(warning.ledger.prune(warning.now).await.unwrap());
	}
	assert_eq!(steps, [STEP, 6, 0]);
	assert_eq!(rows(&warning).await.0, 2);
}
