//! What happens in a history: random terms, denials, records and questions, from few enough values that they meet.

use super::{super::*, PATIENTS, STAFF};
use salus_primitives::{DenialTerms, ErrorReason, Role, HOUR};

/// SplitMix64: a history is told again from its number alone.
pub struct Dice(u64);

impl Dice {
	/// The dice of the history with this number.
	pub fn of(number: u64) -> Self {
		Self(number.wrapping_mul(0x2545_f491_4f6c_dd1d))
	}

	fn roll(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ (z >> 31)
	}

	pub fn below(&mut self, sides: u64) -> u64 {
		self.roll() % sides
	}

	pub fn one_in(&mut self, sides: u64) -> bool {
		self.below(sides) == 0
	}

	pub fn pick<Item: Clone>(&mut self, items: &[Item]) -> Item {
		items[self.below(items.len() as u64) as usize].clone()
	}
}

pub fn some_terms(dice: &mut Dice, now: u64) -> Terms {
	let (view, append) = (
		ActionSet::of(&[Action::View]),
		ActionSet::of(&[Action::Append, Action::Amend]),
	);
	let starts = dice.pick(&[now - 5 * DAY, now - DAY, now, now, now + 2 * HOUR, now + 2 * DAY]);
	let length = if dice.one_in(40) {
		0
	} else {
		dice.pick(&[2 * DAY, 5 * DAY, 30 * DAY, 400 * DAY, 400 * DAY])
	};
	let records_named = match dice.below(6) {
		0 => vec![1],
		1 => vec![1, 2],
		2 if dice.one_in(4) => vec![2, 2],
		_ => vec![],
	};
	let drawers = match dice.below(6) {
		0 => vec![1],
		1 => vec![2, 1],
		2 if dice.one_in(4) => vec![1, 1],
		_ => vec![],
	};
	Terms {
		actions: if dice.one_in(40) {
			ActionSet::EMPTY
		} else {
			dice.pick(&[view, view, view, append, ActionSet::ALL, ActionSet::ALL])
		},
		purposes: dice.pick(&[
			PurposeSet::of(&[Purpose::Treatment]),
			PurposeSet::of(&[Purpose::Treatment]),
			PurposeSet::of(&[Purpose::Treatment, Purpose::Emergency]),
			PurposeSet::of(&[Purpose::Payment]),
			PurposeSet::ALL,
			PurposeSet::ALL,
		]),
		categories: dice.pick(&[
			CategorySet::of(&[Category::Laboratory]),
			CategorySet::of(&[Category::Laboratory, Category::Immunisation]),
			CategorySet::of(&[Category::Claims]),
			CategorySet::of(&[Category::Prescription, Category::Immunisation, Category::Laboratory]),
			CategorySet::ALL,
		]),
		records: records(&records_named),
		compartments: compartments(&drawers),
		recorded_from: dice.pick(&[None, None, None, Some(100), Some(200)]),
		recorded_until: dice.pick(&[None, None, None, None, Some(201), Some(201), Some(101)]),
		starts,
		ends: starts + length,
		uses: if dice.one_in(40) {
			Some(0)
		} else {
			dice.pick(&[None, None, Some(1), Some(1), Some(2), Some(3)])
		},
		erase_after: if dice.one_in(6) {
			Some(now + dice.below(60) * DAY)
		} else {
			None
		},
		outlives: dice.one_in(3),
	}
}

/// Often the terms themselves, often narrower, sometimes wider.
pub fn an_answer(dice: &mut Dice, asked: &Terms, now: u64) -> Terms {
	let other = some_terms(dice, now);
	let mut answer = asked.clone();
	match dice.below(10) {
		0 => return other,
		1 => answer.uses = other.uses,
		2 => answer.records = other.records,
		3 => answer.compartments = other.compartments,
		4 => answer.actions = other.actions,
		5 => answer.ends = answer.ends.wrapping_sub(dice.pick(&[HOUR, DAY, HOUR.wrapping_neg()])),
		6 => answer.recorded_from = other.recorded_from,
		7 => answer.outlives = other.outlives,
		_ => {}
	}
	answer
}

pub fn a_grantee(dice: &mut Dice) -> Grantee<u64> {
	let at = dice.pick(&[HOME, AWAY, AWAY, AWAY]);
	match dice.below(8) {
		0 => Grantee::Institution(if dice.one_in(10) { 9 } else { at }),
		1 => Grantee::Role(dice.pick(&[Role::Doctor, Role::Nurse, Role::Insurer]), at),
		2 | 3 => Grantee::Assigned(at),
		_ => Grantee::Account(dice.pick(&[ADA, BEA, BEA, NED, 22, CARL])),
	}
}

pub fn a_denial(dice: &mut Dice) -> DenialTerms<u64> {
	let mut terms = DenialTerms::all();
	for _ in 0..if dice.one_in(30) { 0 } else { 1 + dice.below(3) } {
		match dice.below(9) {
			0 => terms.account = Some(dice.pick(&[ADA, BEA, NED])),
			1 => terms.institution = Some(dice.pick(&[HOME, AWAY, AWAY, 9])),
			2 => terms.role = Some(dice.pick(&[Role::Doctor, Role::Nurse])),
			3 => terms.category = Some(dice.pick(&[Category::Laboratory, Category::Immunisation])),
			4 => terms.compartment = Some(1),
			5 => terms.source = Some(dice.pick(&[HOME, AWAY])),
			6 => terms.recorded_from = Some(dice.pick(&[100, 150])),
			7 => terms.recorded_until = Some(dice.pick(&[101, 150])),
			_ => terms.record = Some(dice.pick(&[1, 2])),
		}
	}
	terms
}

pub fn a_request(dice: &mut Dice) -> AccessRequest<u64> {
	let (patient, controller, _) = dice.pick(&[PATIENTS[0], PATIENTS[0], PATIENTS[0], PATIENTS[1]]);
	let (requester, on_behalf_of) = match dice.below(14) {
		0 => (controller, None),
		2 => (GINA, None),
		3 => (CARL, None),
		1 => (STRANGER, Some(AWAY)),
		_ => {
			let (who, at, _) = dice.pick(&STAFF);
			(who, Some(if dice.one_in(12) { 1 - at } else { at }))
		}
	};
	let record = some_record(dice, patient);
	AccessRequest {
		requester,
		on_behalf_of,
		patient,
		record: Some(1 + dice.below(3)),
		custodian: record.custodian,
		category: record.category,
		compartment: record.compartment,
		recorded_at: record.recorded_at,
		author: record.author,
		status: Some(record.status),
		action: dice.pick(&[
			Action::View,
			Action::View,
			Action::View,
			Action::Append,
			Action::Amend,
			Action::Share,
		]),
		purpose: if dice.one_in(6) {
			dice.pick(&[Purpose::Treatment, Purpose::Payment])
		} else if requester == CARL {
			Purpose::Family
		} else if dice.one_in(4) {
			Purpose::Emergency
		} else if requester == 22 {
			Purpose::Payment
		} else {
			Purpose::Treatment
		},
	}
}

pub fn some_record(dice: &mut Dice, patient: u64) -> Record<u64> {
	let unusual = [
		RecordStatus::Superseded(2),
		RecordStatus::EnteredInError(ErrorReason::Other),
		RecordStatus::Restricted,
		RecordStatus::Erased,
	];
	Record {
		patient,
		custodian: dice.pick(&[HOME, AWAY]),
		author: dice.pick(&[ADA, BEA, NED, PIA, STRANGER, STRANGER, STRANGER]),
		category: dice.pick(&[
			Category::Laboratory,
			Category::Laboratory,
			Category::Immunisation,
			Category::Claims,
			Category::Imaging,
		]),
		compartment: dice.pick(&[None, None, None, Some(1), Some(2)]),
		recorded_at: dice.pick(&[99, 100, 150, 199, 200]),
		status: if dice.one_in(8) {
			dice.pick(&unusual)
		} else {
			RecordStatus::Current
		},
		..record()
	}
}
