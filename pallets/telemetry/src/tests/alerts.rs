//! `raise`, `acknowledge`, `escalate` and `prune_alerts`.

use super::*;
use crate::{Alerts, NextAlert, ALERT_RETENTION, MAX_ALERTS, MAX_DEADLINE};
use salus_primitives::{Alert, AlertId, AlertState, PatientStatus, Role, Rung};

const COMMITMENT: H256 = H256([8; 32]);

fn raise(who: &str, patient: PatientId, ladder: &[(&str, Moment)]) -> DispatchResult {
	let rung = |(name, within): &(&str, Moment)| Rung {
		to: account(name),
		within: *within,
	};
	Telemetry::raise(signed(who), A, patient, COMMITMENT, list(ladder.iter().map(rung)))
}

/// An alert that each of these has ten minutes to acknowledge.
pub fn raised(patient: PatientId, ladder: &[&str]) -> AlertId {
	let id = NextAlert::<Test>::get();
	let ladder: Vec<_> = ladder.iter().map(|name| (*name, 10 * MINUTE)).collect();
	assert_ok!(raise("desk", patient, &ladder));
	id
}

fn acknowledge(who: &str, id: AlertId) -> DispatchResult {
	Telemetry::acknowledge(signed(who), id)
}

fn escalate(who: &str, id: AlertId) -> DispatchResult {
	Telemetry::escalate(signed(who), id)
}

fn prune(ids: &[AlertId]) -> DispatchResult {
	dispatch(
		"nobody",
		Call::prune_alerts {
			alerts: list(ids.to_vec()),
		},
	)
}

fn alert(id: AlertId) -> Alert<AccountId32> {
	Telemetry::alert(id).unwrap()
}

#[test]
fn an_alert_is_raised_and_acknowledged_in_time() {
	story(|| {
		let id = raised(ADA, &["nurse", "doctor"]);
		assert_noted(ADA, "desk", Kind::AlertRaised { alert: id });
		let made = alert(id);
		assert_eq!((made.patient, made.institution, made.commitment), (ADA, A, COMMITMENT));
		assert_eq!((made.raised_at, made.due, made.step), (START, START + 10 * MINUTE, 0));
		assert_eq!(
			(made.addressee(), made.state(now())),
			(Some(&account("nurse")), AlertState::Waiting)
		);
		pass(10 * MINUTE - 1);
		assert_ok!(acknowledge("nurse", id));
		assert_noted(ADA, "nurse", Kind::AlertAcknowledged { alert: id });
		assert_eq!(alert(id).acknowledged_at, Some(now()));
		assert_noop!(acknowledge("nurse", id), Error::AlreadyAcknowledged);
		pass(DAY);
		assert_noop!(escalate("desk", id), Error::AlreadyAcknowledged);
		assert_eq!(alert(id).state(now()), AlertState::Acknowledged);
	});
}

#[test]
fn a_caregiver_then_a_nurse_then_a_doctor_are_told() {
	story(|| {
		Caregivers::insert((ADA, account("son")), ());
		let id = raised(ADA, &["son", "nurse", "doctor"]);
		for (told, next) in [("son", "nurse"), ("nurse", "doctor")] {
			for who in ["nurse", "doctor", "son", "ada", "nobody"]
				.into_iter()
				.filter(|who| *who != told)
			{
				assert_noop!(acknowledge(who, id), Error::NotAddressed);
			}
			assert_noop!(escalate("desk", id), Error::NotOverdue);
			pass(10 * MINUTE - 1);
			assert_noop!(escalate("desk", id), Error::NotOverdue);
			pass(1);
			assert_eq!(alert(id).state(now()), AlertState::Overdue);
			assert_noop!(acknowledge(told, id), Error::Overdue);
			// Anybody sees to it.
			assert_ok!(escalate("nobody", id));
			assert_noted(ADA, "nobody", Kind::AlertEscalated { alert: id });
			assert_eq!(
				(alert(id).addressee(), alert(id).due),
				(Some(&account(next)), now() + 10 * MINUTE)
			);
		}
		pass(HOUR);
		assert_noop!(escalate("desk", id), Error::LadderEnded);
		assert_noop!(acknowledge("ada", id), Error::NotAddressed);
		// Nobody is left: late is better than never, whoever of them it is.
		assert_ok!(acknowledge("nurse", id));
		assert!(alert(id).due < alert(id).acknowledged_at.unwrap());
	});
}

#[test]
fn who_is_told_may_be() {
	story(|| {
		guard(ADA, "mother", false);
		Caregivers::insert((BEN, account("friend")), ());
		let ten = |name| (name, 10 * MINUTE);
		for (at, who) in (0..).zip(["friend", "pharmacist", "desk", "doctor-b", "ben", "nobody"]) {
			let ladder = [ten("ada"), ten("mother"), ten("nurse"), ten(who)];
			let place = 3 - at % 2;
			let mut turned = ladder;
			turned.swap(3, usize::from(place));
			assert_noop!(raise("desk", ADA, &turned), Error::NotAnAddressee(place));
		}
		assert_ok!(raise(
			"desk",
			ADA,
			&[ten("ada"), ten("mother"), ten("nurse"), ten("doctor")]
		));
		assert_noop!(
			raise("desk", ADA, &[ten("nurse"), ten("nurse")]),
			Error::DuplicateAddressee
		);
		assert_noop!(raise("desk", ADA, &[]), Error::NoAddressee);
		let impossible = |within| raise("desk", ADA, &[ten("nurse"), ("doctor", within)]);
		assert_noop!(impossible(0), Error::DeadlineImpossible(1));
		assert_noop!(impossible(MAX_DEADLINE + 1), Error::DeadlineImpossible(1));
		assert_ok!(impossible(MAX_DEADLINE));
	});
}

#[test]
fn who_left_acknowledges_nothing() {
	story(|| {
		let id = raised(ADA, &["nurse", "doctor"]);
		Credentials::insert((account("nurse"), A), (Role::Nurse, false));
		assert_noop!(acknowledge("nurse", id), Error::NotPermitted);
		// Nobody waits for her.
		assert_ok!(escalate("desk", id));
		assert_ok!(acknowledge("doctor", id));
		assert_noop!(acknowledge("doctor", 9), Error::UnknownAlert);
		assert_noop!(escalate("doctor", 9), Error::UnknownAlert);
	});
}

#[test]
fn who_left_is_passed_over() {
	story(|| {
		Caregivers::insert((ADA, account("son")), ());
		let id = raised(ADA, &["nurse", "doctor", "son", "ada"]);
		Credentials::insert((account("doctor"), A), (Role::Doctor, false));
		assert_noop!(escalate("desk", id), Error::NotOverdue);
		pass(10 * MINUTE);
		assert_ok!(escalate("desk", id));
		assert_eq!((alert(id).step, alert(id).addressee()), (2, Some(&account("son"))));
		Caregivers::remove((ADA, account("son")));
		assert_ok!(escalate("desk", id));
		assert_eq!(alert(id).addressee(), Some(&account("ada")));
	});
}

#[test]
fn a_last_addressee_who_left_keeps_nobody_from_answering() {
	story(|| {
		let id = raised(ADA, &["nurse", "doctor"]);
		pass(10 * MINUTE);
		assert_ok!(escalate("desk", id));
		assert_noop!(acknowledge("nurse", id), Error::NotAddressed);
		Credentials::insert((account("doctor"), A), (Role::Doctor, false));
		assert_noop!(escalate("desk", id), Error::LadderEnded);
		assert_noop!(acknowledge("doctor", id), Error::NotPermitted);
		assert_ok!(acknowledge("nurse", id));
		// The second of two left before anybody told her.
		let id = raised(ADA, &["nurse", "ada"]);
		Patients::mutate_extant(ADA, |patient| patient.controller = Some(account("ada-anew")));
		pass(10 * MINUTE);
		assert_noop!(escalate("desk", id), Error::LadderEnded);
		assert_ok!(acknowledge("nurse", id));
		assert_eq!((alert(id).step, alert(id).state(now())), (0, AlertState::Acknowledged));
	});
}

#[test]
fn of_who_is_measured_under_a_merged_id_is_told_under_the_one_she_goes_on_under() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		Patients::mutate_extant(ADA, |patient| patient.status = PatientStatus::MergedInto(BEN));
		anchored(batch(0, binding, 0, 1));
		let id = raised(ADA, &["nurse", "ben"]);
		assert_noted(BEN, "desk", Kind::AlertRaised { alert: id });
		assert_eq!(alert(id).patient, BEN);
		assert_noop!(raise("desk", ADA, &[("ada", MINUTE)]), Error::NotAnAddressee(0));
		Patients::mutate_extant(BEN, |patient| patient.status = PatientStatus::Deceased(START));
		assert_noop!(raise("desk", ADA, &[("nurse", MINUTE)]), Error::PatientNotActive);
	});
}

#[test]
fn the_desk_of_her_institution_raises() {
	story(|| {
		let ladder = [("nurse", MINUTE)];
		for who in ["nurse", "ada", "desk-b", "nobody"] {
			assert_noop!(raise(who, ADA, &ladder), Error::NotPermitted);
		}
		assert_noop!(raise("desk", 99, &ladder), Error::UnknownPatient);
		assert_noop!(raise("desk", FAY, &ladder), Error::ForeignPatient);
		let elsewhere = Telemetry::raise(signed("desk"), 9, ADA, COMMITMENT, list([]));
		assert_noop!(elsewhere, Error::UnknownInstitution);
		Patients::mutate_extant(ADA, |patient| patient.status = PatientStatus::Deceased(START));
		assert_noop!(raise("desk", ADA, &ladder), Error::PatientNotActive);
		Institutions::insert(A, false);
		assert_noop!(raise("officer", BEN, &ladder), Error::InstitutionInactive);
	});
}

#[test]
fn a_full_list_makes_room_for_what_is_new() {
	story(|| {
		// Two addressees: none is at the end of its ladder.
		let dropped = |alert| Event::AlertDropped { patient: ADA, alert };
		let first = raised(ADA, &["nurse", "doctor"]);
		let all: Vec<_> = (1..MAX_ALERTS).map(|_| raised(ADA, &["nurse", "doctor"])).collect();
		let another = [("nurse", MINUTE)];
		assert_noop!(raise("desk", ADA, &another), Error::TooManyAlerts);
		pass(HOUR);
		assert_ok!(escalate("desk", all[3]));
		assert_ok!(escalate("desk", all[5]));
		assert_ok!(acknowledge("doctor", all[5]));
		assert_noop!(Telemetry::acknowledge(signed("doctor"), first), Error::NotAddressed);
		// What was acknowledged goes first, then what nobody is left to be told of, then what is overdue.
		let alone = raised(ADA, &["nurse"]);
		assert_eq!(
			(Telemetry::alert(all[5]), Telemetry::alert(first).is_some()),
			(None, true)
		);
		assert!(!events().contains(&dropped(all[5])));
		pass(10 * MINUTE);
		raised(ADA, &["nurse"]);
		assert_eq!(Telemetry::alert(all[3]), None);
		assert!(events().contains(&dropped(all[3])));
		raised(ADA, &["nurse"]);
		assert!(events().contains(&dropped(alone)));
		assert!(Telemetry::alert(first).is_some());
		raised(ADA, &["nurse"]);
		assert_eq!(Telemetry::alert(first), None);
		assert!(events().contains(&dropped(first)));
		// Others have lists of their own.
		raised(BEN, &["nurse"]);
	});
}

#[test]
fn old_alerts_are_pruned_by_anybody() {
	story(|| {
		let done = raised(ADA, &["nurse"]);
		let open = raised(ADA, &["nurse"]);
		let bens = raised(BEN, &["nurse"]);
		pass(MINUTE);
		assert_ok!(acknowledge("nurse", done));
		assert_noop!(prune(&[]), Error::NothingToPrune);
		pass(ALERT_RETENTION - 1);
		assert_noop!(prune(&[done]), Error::TooRecent);
		pass(1);
		assert_noop!(prune(&[done, open]), Error::TooRecent);
		assert_noop!(prune(&[done, done]), Error::UnknownAlert);
		assert_ok!(prune(&[done]));
		assert_eq!(Telemetry::alerts(ADA, None, 9).0.len(), 1);
		pass(9 * MINUTE);
		assert_ok!(prune(&[open, bens]));
		assert_eq!(events().last(), Some(&Event::AlertsPruned { alerts: 2 }));
		assert_eq!(Alerts::<Test>::iter().count(), 0);
		assert_eq!(crate::AlertsOf::<Test>::iter().count(), 0);
	});
}

#[test]
fn ids_run_out() {
	world().execute_with(|| {
		NextAlert::<Test>::put(u64::MAX);
		assert_noop!(raise("desk", ADA, &[("nurse", MINUTE)]), Error::IdsExhausted);
	});
}
