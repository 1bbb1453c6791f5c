//! How many storage items a decision reads.

use super::*;
use crate::{Erasures, MAX_READS};
use frame_support::{__private::sp_tracing::tracing, storage::transactional::TRANSACTION_LEVEL_KEY};
use salus_primitives::{Basis, PatientStatus, Role};
use sp_core::hexdisplay::HexDisplay;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};
use tracing::{
	field::{Field, Visit},
	span, Event, Metadata, Subscriber,
};

/// Counts what the state machine says it was asked for, by key.
#[derive(Clone, Default)]
struct Reads(Arc<Mutex<BTreeMap<String, u32>>>);

impl Subscriber for Reads {
	fn enabled(&self, metadata: &Metadata<'_>) -> bool {
		metadata.target() == "state"
	}
	fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
		span::Id::from_u64(1)
	}
	fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
	fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
	fn enter(&self, _: &span::Id) {}
	fn exit(&self, _: &span::Id) {}
	fn event(&self, event: &Event<'_>) {
		let mut read = Read::default();
		event.record(&mut read);
		if ["Get", "Exists"].contains(&read.method.as_str()) {
			*self.0.lock().unwrap().entry(read.key).or_default() += 1;
		}
	}
}

/// One line of the state machine's.
#[derive(Default)]
struct Read {
	method: String,
	key: String,
}

impl Visit for Read {
	fn record_str(&mut self, field: &Field, value: &str) {
		if field.name() == "method" {
			self.method = value.into();
		}
	}
	fn record_debug(&mut self, field: &Field, value: &dyn core::fmt::Debug) {
		if field.name() == "key" {
			self.key = format!("{value:?}");
		}
	}
}

fn reads(request: &AccessRequest<u64>) -> (Decision, BTreeMap<String, u32>) {
	reads_of(|| decide(request))
}

fn reads_of<T>(done: impl FnOnce() -> T) -> (T, BTreeMap<String, u32>) {
	let reads = Reads::default();
	let outcome = tracing::subscriber::with_default(reads.clone(), done);
	let counted = reads.0.lock().unwrap().clone();
	(outcome, counted)
}

fn to_everybody() -> [Grantee<u64>; 4] {
	[
		Grantee::Account(BEA),
		Grantee::Institution(AWAY),
		Grantee::Role(Role::Doctor, AWAY),
		Grantee::Assigned(AWAY),
	]
}

#[test]
fn a_decision_reads_as_many_items_as_it_says_and_none_twice() {
	ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
		let terms = Terms {
			purposes: PurposeSet::of(&[Purpose::Emergency]),
			outlives: true,
			..shareable()
		};
		let mut holder = (ADA, HOME, give(Grantee::Account(ADA), terms.clone()));
		for next in [NED, CLEO, BEA] {
			let (who, at, grant) = holder;
			let grant = pass_on(who, at, from(Grantee::Account(who), grant), next, terms.clone()).unwrap();
			holder = (next, AWAY, grant);
		}
		let (.., passed_on) = holder;
		for grantee in [
			Grantee::Institution(AWAY),
			Grantee::Role(Role::Doctor, AWAY),
			Grantee::Assigned(AWAY),
		] {
			give(grantee, terms.clone());
		}
		open();
		// What was passed on to her is in doubt, and whether a guardian gave it is looked up.
		lost_since(NOON);
		assert_eq!(passed_on, 3);
		let colleagues = AccessRequest {
			custodian: AWAY,
			author: STRANGER,
			..emergency(Category::Imaging)
		};
		let (decision, read) = reads(&colleagues);
		assert_eq!(decision, denied(Reason::Suspended));
		assert_eq!(read.len(), MAX_READS as usize, "{read:?}");
		assert!(read.values().all(|times| *times == 1), "{read:?}");

		// No more where she died and all of it goes on.
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		let (decision, read) = reads(&colleagues);
		assert_eq!(decision, denied(Reason::Suspended));
		assert_eq!(read.len(), MAX_READS as usize, "{read:?}");
		assert!(read.values().all(|times| *times == 1), "{read:?}");
	});
}

/// However many accounts gave what is in doubt, each for a grant to another grantee.
#[test]
fn guardians_are_read_once_whoever_gave_what_is_in_doubt() {
	let givers = [GINA, 52, 53, 54];
	let counted = |givers: &[u64]| {
		let mut count = 0;
		ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
			let mut given = givers.iter().cycle();
			for (grantee, by) in to_everybody().into_iter().zip(&mut given) {
				Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().controller = Some(*by));
				frame_support::assert_ok!(Consent::grant(signed(*by), PATIENT, grantee, terms()));
			}
			for guardian in givers {
				Guardianships::insert((PATIENT, *guardian), stored(*guardian, ended()));
			}
			lost_since(NOON);
			let (decision, read) = reads(&question());
			assert_eq!(decision, denied(Reason::Suspended));
			assert!(read.values().all(|times| *times == 1), "{read:?}");
			count = read.len();
		});
		count
	};
	assert_eq!(counted(&givers), counted(&givers[..1]));
}

/// A guardianship that was, and that spares no grant from doubt.
fn ended() -> super::model::Guardian {
	super::model::Guardian {
		may: ActionSet::ALL,
		signs: true,
		executor: false,
		contested: false,
		from: 0,
		until: NOON,
	}
}

/// What `weight_of` rests on.
#[test]
fn a_permit_that_rests_on_no_grant_reads_none() {
	ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
		for grantee in to_everybody() {
			give(grantee, terms());
		}
		let append = AccessRequest {
			record: None,
			status: None,
			action: Action::Append,
			author: BEA,
			custodian: AWAY,
			..question()
		};
		let own = AccessRequest {
			author: BEA,
			custodian: AWAY,
			..question()
		};
		let subject = AccessRequest {
			requester: PIA,
			on_behalf_of: None,
			..question()
		};
		// The clock, the patient, the credential and its institution, the denials, the assignment.
		for (request, basis, most) in [
			(append, Basis::Assignment, 6),
			(own, Basis::Author, 6),
			(subject, Basis::Subject, 2),
		] {
			let (decision, read) = reads(&request);
			assert_eq!(decision, Decision::Permit(basis));
			assert_eq!(read.len(), most, "{read:?}");
		}
	});
}

/// What `take_use_weight` rests on.
#[test]
fn taking_a_use_reads_besides_what_the_decision_has_read_the_erasure_owed_alone() {
	for grantee in to_everybody() {
		ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
			let grant = give(grantee, terms());
			let (decision, decided) = reads(&question());
			assert_eq!(decision, Decision::Permit(Basis::Grant(grant)));
			let (taken, read) = reads_of(|| take_use(BEA, Some(AWAY), grant));
			taken.unwrap();
			// The level of nested transactions is kept in memory.
			let besides = [
				Erasures::<Test>::hashed_key_for(PATIENT, grant),
				TRANSACTION_LEVEL_KEY.to_vec(),
			]
			.map(|key| format!("{}", HexDisplay::from(&key)));
			assert!(
				read.keys()
					.all(|key| decided.contains_key(key) || besides.contains(key)),
				"{read:?}"
			);
		});
	}
}

#[test]
fn no_decision_reads_more() {
	story(|| {
		let subject = AccessRequest {
			requester: PIA,
			on_behalf_of: None,
			..question()
		};
		let stranger = AccessRequest {
			requester: STRANGER,
			..question()
		};
		open();
		let insurer = AccessRequest {
			purpose: Purpose::Payment,
			..question()
		};
		let once = emergency(Category::Allergy);
		guardian(&[Action::View]);
		Caregivers::insert((PATIENT, CARL), ());
		Caregivers::insert((PATIENT, GINA), ());
		let drawer = AccessRequest {
			compartment: Some(1),
			..private(GINA)
		};
		for request in [question(), subject, stranger, insurer, once, private(CARL), drawer] {
			assert!(reads(&request).1.len() <= MAX_READS as usize);
		}
	});
}
