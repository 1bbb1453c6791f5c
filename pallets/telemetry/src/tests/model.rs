//! What the pallet should do, said again in plain lists of all that ever happened: no counters, no pointers, no bounds but
//! those that the random histories reach.

use super::*;
use crate::{ALERT_RETENTION, CLOCK_TOLERANCE, MAX_BINDING, OFFER_LIFETIME};
use salus_primitives::Status;
use std::collections::BTreeMap;

/// A binding as the model keeps it.
#[derive(Clone, Debug)]
pub struct Wears {
	pub n: u8,
	pub patient: PatientId,
	pub starts: Moment,
	pub ends: Moment,
}

/// A batch as the model keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
	pub n: u8,
	pub binding: BindingId,
	pub first_seq: u64,
	pub count: u32,
	pub first_at: Moment,
	pub last_at: Moment,
}

/// An alert as the model keeps it: to whom it went, and until when she had.
#[derive(Clone, Debug)]
pub struct Told {
	pub patient: PatientId,
	pub ladder: Vec<(&'static str, Moment)>,
	pub told: Vec<Moment>,
	pub done: Option<Moment>,
	pub pruned: bool,
}

#[derive(Clone, Debug)]
pub struct Offered {
	pub patient: PatientId,
	pub starts: Moment,
	pub ends: Moment,
	pub until: Moment,
}

/// Everything.
#[derive(Clone, Default)]
pub struct Model {
	pub devices: BTreeMap<u8, Status>,
	pub wears: Vec<Wears>,
	pub offers: BTreeMap<u8, Offered>,
	pub batches: Vec<Measured>,
	pub alerts: Vec<Told>,
	/// How many entries each patient's trail has.
	pub entries: BTreeMap<PatientId, usize>,
	pub receipts: u64,
}

impl Model {
	fn note(&mut self, patient: PatientId) {
		*self.entries.entry(patient).or_default() += 1;
	}

	fn of(&self, n: u8) -> impl DoubleEndedIterator<Item = &Measured> {
		self.batches.iter().filter(move |batch| batch.n == n)
	}

	/// The number after the greatest that was anchored.
	pub fn next_seq(&self, n: u8) -> u64 {
		self.of(n)
			.map(|batch| batch.first_seq + u64::from(batch.count))
			.max()
			.unwrap_or(0)
	}

	/// Numbers below that which no batch has.
	pub fn missing(&self, n: u8) -> u64 {
		let there: u64 = self.of(n).map(|batch| u64::from(batch.count)).sum();
		self.next_seq(n) - there
	}

	/// The latest time of a binding's readings.
	pub fn last_at(&self, binding: BindingId) -> Option<Moment> {
		let own = self.batches.iter().filter(|batch| batch.binding == binding);
		own.map(|batch| batch.last_at).max()
	}

	fn known(&self, n: u8) -> Result<(), Error> {
		self.devices.contains_key(&n).then_some(()).ok_or(Error::UnknownDevice)
	}

	pub fn provision(&mut self, n: u8) -> Result<(), Error> {
		if self.devices.contains_key(&n) {
			return Err(Error::AlreadyProvisioned);
		}
		self.devices.insert(n, Status::Active);
		Ok(())
	}

	pub fn set_status(&mut self, n: u8, status: Status) -> Result<(), Error> {
		self.known(n)?;
		match self.devices[&n] {
			Status::Revoked => return Err(Error::DeviceRevoked),
			same if same == status => return Err(Error::StatusUnchanged),
			_ => self.devices.insert(n, status),
		};
		let worn = (0..)
			.zip(&self.wears)
			.filter(|(_, worn)| worn.n == n && now() < worn.ends);
		let worn = worn.map(|(id, worn)| (id, worn.patient)).next();
		if let (Some((_, patient)), false) = (worn, status == Status::Revoked) {
			self.note(patient);
		}
		if status == Status::Revoked {
			if let Some((id, _)) = worn {
				self.end(id);
			}
			if let Some(offer) = self.offers.remove(&n) {
				self.note(offer.patient);
			}
		}
		Ok(())
	}

	fn free(&self, n: u8, time: Interval) -> Result<(), Error> {
		if self.devices[&n] != Status::Active {
			return Err(Error::DeviceInactive);
		}
		if time.ends <= time.starts || time.ends <= now() {
			return Err(Error::IntervalInverted);
		}
		if time.ends > now() + MAX_BINDING {
			return Err(Error::IntervalTooLong);
		}
		if self.wears.iter().any(|worn| worn.n == n && now() < worn.ends) {
			return Err(Error::StillBound);
		}
		Ok(())
	}

	fn wear(&mut self, n: u8, patient: PatientId, time: Interval) -> Result<(), Error> {
		self.free(n, time)?;
		self.offers.remove(&n);
		self.wears.push(Wears {
			n,
			patient,
			starts: time.starts.max(now()),
			ends: time.ends,
		});
		self.note(patient);
		Ok(())
	}

	fn unoffered(&self, n: u8) -> Result<(), Error> {
		match self.offers.get(&n) {
			Some(offer) if now() < offer.until => Err(Error::DeviceOffered),
			_ => Ok(()),
		}
	}

	pub fn bind(&mut self, n: u8, patient: PatientId, time: Interval) -> Result<(), Error> {
		self.known(n)?;
		self.unoffered(n)?;
		self.wear(n, patient, time)
	}

	pub fn offer(&mut self, n: u8, patient: PatientId, time: Interval) -> Result<(), Error> {
		self.known(n)?;
		self.free(n, time)?;
		self.unoffered(n)?;
		let offer = Offered {
			patient,
			starts: time.starts,
			ends: time.ends,
			until: (now() + OFFER_LIFETIME).min(time.ends),
		};
		self.offers.insert(n, offer);
		self.note(patient);
		Ok(())
	}

	pub fn accept(&mut self, n: u8, patient: PatientId) -> Result<(), Error> {
		self.known(n)?;
		let offer = self.offers.get(&n).cloned().filter(|offer| now() < offer.until);
		let offer = offer.ok_or(Error::NoOffer)?;
		if offer.patient != patient {
			return Err(Error::NotPermitted);
		}
		let time = Interval {
			starts: offer.starts,
			ends: offer.ends,
		};
		self.wear(n, patient, time)
	}

	pub fn end_offer(&mut self, n: u8) -> Result<(), Error> {
		self.known(n)?;
		let offer = self.offers.remove(&n).ok_or(Error::NoOffer)?;
		self.note(offer.patient);
		Ok(())
	}

	fn end(&mut self, id: BindingId) {
		let after = self.last_at(id).map_or(0, |last| last + 1);
		let worn = &mut self.wears[id as usize];
		worn.ends = worn.ends.min(after.max(now()));
		worn.starts = worn.starts.min(worn.ends);
		let patient = worn.patient;
		self.note(patient);
	}

	pub fn unbind(&mut self, id: BindingId) -> Result<(), Error> {
		let worn = self.wears.get(id as usize).ok_or(Error::UnknownBinding)?;
		if worn.ends <= now() {
			return Err(Error::BindingOver);
		}
		self.end(id);
		Ok(())
	}

	fn anchor_one(&mut self, at: u8, batch: &Measured) -> Result<(), Error> {
		if batch.count == 0 {
			return Err(Error::BatchEmpty(at));
		}
		if batch.last_at < batch.first_at {
			return Err(Error::BatchInverted(at));
		}
		if batch.last_at > now() + CLOCK_TOLERANCE {
			return Err(Error::BatchAhead(at));
		}
		match self.devices.get(&batch.n) {
			None => return Err(Error::BatchOfUnknownDevice(at)),
			Some(Status::Active) => (),
			Some(_) => return Err(Error::BatchOfInactiveDevice(at)),
		}
		let worn = self.wears.get(batch.binding as usize);
		let worn = worn.cloned().ok_or(Error::BatchOfUnknownBinding(at))?;
		if worn.n != batch.n {
			return Err(Error::BatchOfForeignBinding(at));
		}
		if self.of(batch.n).any(|other| other.binding > batch.binding) {
			return Err(Error::BatchOfPassedBinding(at));
		}
		if batch.first_at < worn.starts || worn.ends <= batch.last_at {
			return Err(Error::BatchOutsideBinding(at));
		}
		let taken = |other: &Measured| batch.first_seq < other.first_seq + u64::from(other.count);
		if self.of(batch.n).any(taken) {
			return Err(Error::BatchSequencePassed(at));
		}
		self.batches.push(batch.clone());
		self.note(worn.patient);
		Ok(())
	}

	/// All or none.
	pub fn anchor(&mut self, batches: &[Measured]) -> Result<(), Error> {
		if batches.is_empty() {
			return Err(Error::NoBatches);
		}
		let mut tried = self.clone();
		for (at, batch) in (0..).zip(batches) {
			tried.anchor_one(at, batch)?;
		}
		*self = tried;
		Ok(())
	}

	pub fn patient_of(&self, anchor: AnchorId) -> Option<PatientId> {
		let batch = self.batches.get(anchor as usize)?;
		Some(self.wears[batch.binding as usize].patient)
	}

	pub fn access(&mut self, anchors: &[AnchorId]) -> Result<PatientId, Error> {
		let first = *anchors.first().ok_or(Error::NoAnchors)?;
		let twice = |(at, anchor): (usize, &AnchorId)| anchors[..at].contains(anchor);
		if anchors.iter().enumerate().any(twice) {
			return Err(Error::DuplicateAnchor);
		}
		let patients: Option<Vec<_>> = anchors.iter().map(|anchor| self.patient_of(*anchor)).collect();
		let patients = patients.ok_or(Error::UnknownAnchor)?;
		let patient = self.patient_of(first).ok_or(Error::UnknownAnchor)?;
		if patients.iter().any(|other| *other != patient) {
			return Err(Error::MixedPatients);
		}
		anchors.iter().for_each(|_| self.note(patient));
		self.receipts += 1;
		Ok(patient)
	}

	pub fn raise(&mut self, patient: PatientId, ladder: &[(&'static str, Moment)]) {
		self.alerts.push(Told {
			patient,
			ladder: ladder.to_vec(),
			told: vec![now() + ladder[0].1],
			done: None,
			pruned: false,
		});
		self.note(patient);
	}

	fn alert(&self, id: u64) -> Result<Told, Error> {
		let alert = self.alerts.get(id as usize).filter(|alert| !alert.pruned);
		alert.cloned().ok_or(Error::UnknownAlert)
	}

	pub fn acknowledge(&mut self, who: &str, id: u64) -> Result<(), Error> {
		let alert = self.alert(id)?;
		if alert.done.is_some() {
			return Err(Error::AlreadyAcknowledged);
		}
		let told = alert.told.len();
		let rung = alert.ladder[..told].iter().position(|(name, _)| *name == who);
		let is_last_told = rung.ok_or(Error::NotAddressed)? == told - 1;
		match (*alert.told.last().unwrap() <= now(), told == alert.ladder.len()) {
			(false, _) if !is_last_told => return Err(Error::NotAddressed),
			(true, false) if !is_last_told => return Err(Error::NotAddressed),
			(true, false) => return Err(Error::Overdue),
			(false, _) | (true, true) => (),
		}
		self.alerts[id as usize].done = Some(now());
		self.note(alert.patient);
		Ok(())
	}

	pub fn escalate(&mut self, id: u64) -> Result<(), Error> {
		let alert = self.alert(id)?;
		if alert.done.is_some() {
			return Err(Error::AlreadyAcknowledged);
		}
		if now() < *alert.told.last().unwrap() {
			return Err(Error::NotOverdue);
		}
		let (_, within) = alert.ladder.get(alert.told.len()).ok_or(Error::LadderEnded)?;
		self.alerts[id as usize].told.push(now() + within);
		self.note(alert.patient);
		Ok(())
	}

	pub fn prune(&mut self, id: u64) -> Result<(), Error> {
		let alert = self.alert(id)?;
		let end = alert.done.unwrap_or(*alert.told.last().unwrap());
		if now() < end + ALERT_RETENTION {
			return Err(Error::TooRecent);
		}
		self.alerts[id as usize].pruned = true;
		Ok(())
	}

	/// Chain and model say the same of everything.
	pub fn compare(&self) {
		for (n, status) in &self.devices {
			let device = the_device(*n);
			assert_eq!(
				(device.status, device.next_seq, device.missing),
				(*status, self.next_seq(*n), self.missing(*n))
			);
			let latest = self.of(*n).map(|batch| batch.binding).max();
			assert_eq!(device.anchored, latest);
			let worn = self.wears.iter().filter(|worn| worn.n == *n).count();
			assert_eq!(device.bindings as usize, worn);
			let offer = self.offers.get(n).filter(|offer| now() < offer.until);
			assert_eq!(
				Telemetry::offered(key(*n)).map(|offer| offer.patient),
				offer.map(|offer| offer.patient)
			);
		}
		for (id, worn) in (0..).zip(&self.wears) {
			let expected = Binding {
				device: key(worn.n),
				patient: worn.patient,
				starts: worn.starts,
				ends: worn.ends,
				last_at: self.last_at(id),
			};
			assert_eq!(the_binding(id), expected);
		}
		for (id, batch) in (0..).zip(&self.batches) {
			let kept = the_anchor(id);
			let found = Measured {
				n: batch.n,
				binding: kept.binding,
				first_seq: kept.first_seq,
				count: kept.count,
				first_at: kept.first_at,
				last_at: kept.last_at,
			};
			assert_eq!(&found, batch);
		}
		for patient in [ADA, BEN] {
			let listed = Telemetry::anchors(patient, Default::default(), None, 256).0;
			let listed: Vec<_> = listed.into_iter().map(|(id, _)| id).collect();
			let ids = (0..self.batches.len() as u64).rev();
			assert_eq!(
				listed,
				ids.filter(|id| self.patient_of(*id) == Some(patient))
					.collect::<Vec<_>>()
			);
			assert_eq!(entries(patient).len(), self.entries.get(&patient).copied().unwrap_or(0));
		}
		for (id, told) in (0..).zip(&self.alerts) {
			let alert = Telemetry::alert(id);
			assert_eq!(alert.is_none(), told.pruned);
			if let Some(alert) = alert {
				let step = told.told.len() - 1;
				assert_eq!(
					(usize::from(alert.step), alert.due, alert.acknowledged_at),
					(step, told.told[step], told.done)
				);
			}
		}
		assert_eq!(crate::NextReceipt::<Test>::get(), self.receipts);
	}
}
