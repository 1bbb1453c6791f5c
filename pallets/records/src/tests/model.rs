//! What must be known of each record, each receipt and each trail, in plain maps.

use super::{state_machine::Step, *};
use crate::{mock::*, Error, NextReceipt, OldestReceipt, Receipts, RECEIPT_LIFETIME};
use codec::Encode;
use salus_primitives::{Basis, Decision, ErrorReason, Kind, Moment, Reason, ReceiptId};
use sp_io::hashing::blake2_256;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
struct Known {
	patient: PatientId,
	author: u64,
	by_patient: bool,
	seed: u64,
	custodian: InstitutionId,
	replaces: Option<RecordId>,
	status: RecordStatus,
}

/// Number, time and actor of an entry.
type Entry = (u64, Moment, Option<u64>);

/// What must be known.
pub struct Model {
	now: Moment,
	records: Vec<Known>,
	receipts: BTreeMap<ReceiptId, (Moment, Vec<(RecordId, bool)>)>,
	next_receipt: ReceiptId,
	entries: BTreeMap<PatientId, Vec<Entry>>,
	/// The stranger's uses left, for each patient.
	uses: BTreeMap<PatientId, u32>,
	doctor_active: bool,
}

impl Model {
	pub fn new() -> Self {
		Self {
			now: START,
			records: Vec::new(),
			receipts: BTreeMap::new(),
			next_receipt: 0,
			entries: BTreeMap::new(),
			uses: BTreeMap::new(),
			doctor_active: true,
		}
	}

	fn write(&mut self, patient: PatientId, actor: Option<u64>) {
		let entries = self.entries.entry(patient).or_default();
		entries.push((entries.len() as u64 + 1, self.now, actor));
	}

	fn is_active(&self, who: u64) -> bool {
		who != DOCTOR || self.doctor_active
	}

	/// What must come of a registration, in the order in which the docs list the errors.
	fn register(
		&mut self,
		who: u64,
		patient: PatientId,
		seed: u64,
		relation: Option<(Relation, RecordId)>,
	) -> Result<(), Error<Test>> {
		let by_patient = matches!(who, ADAS | BENS);
		if patient > BEN {
			return Err(Error::UnknownPatient);
		}
		if self
			.records
			.iter()
			.any(|record| record.patient == patient && record.seed == seed)
		{
			return Err(Error::AlreadyRegistered);
		}
		let mut replaces = None;
		if let Some((relation, id)) = relation {
			let target = self.records.get(id as usize).ok_or(Error::UnknownRecord)?;
			if target.patient != patient {
				return Err(Error::ForeignRelation);
			}
			if relation == Relation::Replaces {
				if target.status != RecordStatus::Current {
					return Err(Error::NotCurrent);
				}
				replaces = Some(id);
			}
		}
		let may = match (by_patient, replaces) {
			(true, _) => (who, patient) == (ADAS, ADA) || (who, patient) == (BENS, BEN),
			(false, None) => who == DOCTOR && self.doctor_active,
			// Nobody but the doctor registers at a hospital here, so what she didn't write is an upload.
			(false, Some(id)) => who == DOCTOR && self.doctor_active && !self.records[id as usize].by_patient,
		};
		if !may {
			return Err(Error::NotPermitted);
		}
		let id = self.records.len() as RecordId;
		if let Some(old) = replaces {
			self.records[old as usize].status = RecordStatus::Superseded(id);
		}
		self.records.push(Known {
			patient,
			author: who,
			by_patient,
			seed,
			custodian: A,
			replaces,
			status: RecordStatus::Current,
		});
		self.write(patient, Some(who));
		Ok(())
	}

	fn mark(&mut self, who: u64, institution: Option<InstitutionId>, id: RecordId) -> Result<(), Error<Test>> {
		let record = self.records.get(id as usize).cloned().ok_or(Error::UnknownRecord)?;
		let may = match (who, institution) {
			(ADAS, None) => record.by_patient && record.patient == ADA,
			(BENS, None) => record.by_patient && record.patient == BEN,
			(OFFICER, Some(A)) => true,
			(DOCTOR, Some(A)) => record.author == DOCTOR && self.doctor_active,
			_ => false,
		};
		if !may {
			return Err(Error::NotPermitted);
		}
		if matches!(record.status, RecordStatus::EnteredInError(_)) {
			return Err(Error::AlreadyEnteredInError);
		}
		self.records[id as usize].status = RecordStatus::EnteredInError(ErrorReason::WrongContent);
		if record.status == RecordStatus::Current {
			self.restore(record.replaces);
		}
		self.write(record.patient, Some(who));
		Ok(())
	}

	/// The newest version that is not in error is current, unless that is more than eight versions back.
	fn restore(&mut self, mut version: Option<RecordId>) {
		for _ in 0..9 {
			let Some(id) = version else { return };
			let known = &mut self.records[id as usize];
			if !matches!(known.status, RecordStatus::EnteredInError(_)) {
				known.status = RecordStatus::Current;
				return;
			}
			version = known.replaces;
		}
	}

	fn decide(&self, who: u64, institution: Option<InstitutionId>, record: &Known) -> Decision {
		let in_error = matches!(record.status, RecordStatus::EnteredInError(_));
		let own = (who, record.patient) == (ADAS, ADA) || (who, record.patient) == (BENS, BEN);
		match institution {
			None if !own => Decision::Deny(Reason::Unknown),
			None if in_error => Decision::Deny(Reason::Unavailable),
			None => Decision::Permit(Basis::Subject),
			Some(_) if who == OFFICER => Decision::Deny(Reason::Unknown),
			Some(_) if !self.is_active(who) => Decision::Deny(Reason::Inactive),
			Some(_) if record.author == who => Decision::Permit(Basis::Author),
			Some(_) if in_error => Decision::Deny(Reason::Unavailable),
			Some(_) if who == STRANGER => match self.uses.get(&record.patient) {
				None => Decision::Deny(Reason::NoGrant),
				Some(0) => Decision::Deny(Reason::Exhausted),
				Some(_) => Decision::Permit(Basis::Grant(record.patient)),
			},
			Some(_) => Decision::Deny(Reason::NoGrant),
		}
	}

	fn access(&mut self, who: u64, institution: Option<InstitutionId>, ids: &[RecordId]) -> Result<(), Error<Test>> {
		for (at, id) in ids.iter().enumerate() {
			if ids[..at].contains(id) {
				return Err(Error::DuplicateRecord);
			}
		}
		if ids.iter().any(|id| *id >= self.records.len() as RecordId) {
			return Err(Error::UnknownRecord);
		}
		let Some(first) = ids.first() else {
			return Err(Error::NoRecords);
		};
		let patient = self.records[*first as usize].patient;
		if ids.iter().any(|id| self.records[*id as usize].patient != patient) {
			return Err(Error::MixedPatients);
		}
		let decisions: Vec<_> = ids
			.iter()
			.map(|id| self.decide(who, institution, &self.records[*id as usize]))
			.collect();
		if decisions
			.iter()
			.any(|decision| matches!(decision, Decision::Permit(Basis::Grant(_))))
		{
			*self.uses.get_mut(&patient).unwrap() -= 1;
		}
		let expired: Vec<_> = self
			.receipts
			.iter()
			.take(2)
			.take_while(|(_, (at, _))| at + RECEIPT_LIFETIME <= self.now)
			.map(|(id, _)| *id)
			.collect();
		for id in expired {
			self.receipts.remove(&id);
		}
		let outcomes = ids
			.iter()
			.zip(&decisions)
			.map(|(id, decision)| (*id, decision.is_permit()))
			.collect();
		self.receipts.insert(self.next_receipt, (self.now, outcomes));
		self.next_receipt += 1;
		for _ in ids {
			self.write(patient, Some(who));
		}
		Ok(())
	}

	/// Takes the step here and on the chain, which must agree on what comes of it.
	pub fn take(&mut self, step: Step) {
		let known = self.records.len() as u64;
		// One more than there are, so that ids of nothing are met too.
		let pick = |number: u64| number % (known + 1);
		// Mostly one of the latest, so that replacements are replaced and marked in their turn.
		let recent = |number: u64| match number % 4 {
			0 => pick(number / 4),
			back => known.saturating_sub(back),
		};
		match step {
			Step::Register {
				who,
				patient,
				seed,
				relation,
			} => {
				let institution = if who == STRANGER { B } else { A };
				let relation = relation.map(|(relation, id)| (relation, recent(id)));
				let given = NewRecord {
					relates_to: relation,
					..new(patient, seed)
				};
				let done = register(who, given, Some(institution));
				assert_eq!(done, self.register(who, patient, seed, relation).map_err(Into::into));
			}
			Step::Batch { patient, seeds } => {
				let records = list(seeds.iter().map(|seed| new(patient, *seed)).collect());
				let done = frame_support::storage::with_storage_layer(|| {
					let origin = RuntimeOrigin::signed(DOCTOR);
					without_weight(Records::register_batch(origin, records, Purpose::Treatment, Some(A)))
				});
				let (records, entries) = (self.records.clone(), self.entries.clone());
				let mut expected = if seeds.is_empty() {
					Err(Error::NoRecords)
				} else {
					Ok(())
				};
				for seed in seeds {
					expected = expected.and_then(|()| self.register(DOCTOR, patient, seed, None));
				}
				if expected.is_err() {
					(self.records, self.entries) = (records, entries);
				}
				assert_eq!(done, expected.map_err(Into::into));
			}
			Step::Upload { who, patient, seed } => {
				let done = register(who, own(patient, seed), None);
				assert_eq!(done, self.register(who, patient, seed, None).map_err(Into::into));
			}
			Step::Mark {
				who,
				institution,
				record,
			} => {
				let origin = RuntimeOrigin::signed(who);
				let done =
					Records::mark_entered_in_error(origin, recent(record), ErrorReason::WrongContent, institution);
				assert_eq!(done, self.mark(who, institution, recent(record)).map_err(Into::into));
			}
			Step::Access {
				who,
				institution,
				records,
			} => {
				let ids: Vec<_> = records.into_iter().map(pick).collect();
				let done = access(who, &ids, institution);
				assert_eq!(done, self.access(who, institution, &ids).map_err(Into::into));
			}
			Step::Grant { patient, uses } => {
				Grants::insert((patient, STRANGER), (patient, uses));
				self.uses.insert(patient, uses);
			}
			Step::Suspend { active } => {
				Credentials::insert((DOCTOR, A), active);
				self.doctor_active = active;
			}
			Step::Pass { time } => {
				pass(time);
				self.now += time;
			}
			Step::Foreign { patient } => {
				use salus_primitives::AuditTrail;
				let entry = Records::append(patient, None, Kind::GrantGiven { grant: 1 });
				// Another pallet's event carries the entry; here one of our own stands for it.
				System::deposit_event(RuntimeEvent::Records(Event::RecordRegistered {
					patient,
					record: 0,
					entry,
				}));
				self.write(patient, None);
			}
		}
	}

	/// Compares all that is known with all that is stored.
	pub fn compare(&self) {
		assert_eq!(NextRecord::<Test>::get(), self.records.len() as RecordId);
		for (id, known) in self.records.iter().enumerate() {
			let id = id as RecordId;
			let kept = record(id);
			assert_eq!(
				(kept.patient, kept.author, kept.custodian, kept.status),
				(known.patient, known.author, known.custodian, known.status)
			);
			assert_eq!(Records::by_hash(known.patient, digest(known.seed)), Some(id));
		}
		for patient in [ADA, BEN] {
			let listed: Vec<_> = Records::records(patient, Default::default(), None, 256)
				.0
				.into_iter()
				.map(|(id, _)| id)
				.collect();
			let mut known: Vec<_> = (0..)
				.zip(&self.records)
				.filter(|(_, r)| r.patient == patient)
				.map(|(id, _)| id)
				.collect();
			known.reverse();
			known.truncate(256);
			assert_eq!(listed, known);
		}
		assert_eq!(NextReceipt::<Test>::get(), self.next_receipt);
		let oldest = self.receipts.keys().next().copied().unwrap_or(self.next_receipt);
		assert_eq!(OldestReceipt::<Test>::get(), oldest);
		assert_eq!(Receipts::<Test>::iter().count(), self.receipts.len());
		for (id, (at, outcomes)) in &self.receipts {
			let kept = Receipts::<Test>::get(id).unwrap();
			let permits: Vec<_> = kept
				.outcomes
				.iter()
				.map(|(record, made)| (*record, made.is_permit()))
				.collect();
			assert_eq!((kept.at, &permits), (*at, outcomes));
			assert_eq!(Records::receipt(*id).is_some(), self.now < at + RECEIPT_LIFETIME);
		}
	}

	/// Recomputes each patient's chain from the events alone, by the design's two lines, and compares its end.
	pub fn check_chains(&self) {
		let genesis = System::block_hash(0);
		let mut chains: BTreeMap<PatientId, (H256, Vec<Entry>)> = BTreeMap::new();
		for (patient, entry) in events().iter().flat_map(Event::audit) {
			let (head, entries) = chains.entry(patient).or_insert_with(|| {
				let begin = [b"salus/audit/1".as_slice(), &genesis[..], &patient.to_le_bytes()].concat();
				(H256(blake2_256(&begin)), Vec::new())
			});
			*head = H256(blake2_256(&[&head[..], &entry.encode()].concat()));
			entries.push((entry.seq, entry.at, entry.actor));
		}
		assert_eq!(
			chains.keys().collect::<Vec<_>>(),
			self.entries.keys().collect::<Vec<_>>()
		);
		for (patient, (head, entries)) in chains {
			assert_eq!(Some(&entries), self.entries.get(&patient));
			let stored = Records::audit_head(patient);
			assert_eq!((stored.head, stored.entries), (head, entries.len() as u64));
		}
	}
}
