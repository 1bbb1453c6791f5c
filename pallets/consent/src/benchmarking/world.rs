//! A patient and those around her, with every list as full as it can be.

use super::*;

/// A patient, a doctor of another hospital who is assigned to her there, and the time.
pub struct World<T: Config> {
	pub patient: PatientId,
	pub controller: T::AccountId,
	pub doctor: T::AccountId,
	pub now: Moment,
}

pub fn world<T: Config>() -> World<T> {
	// Late enough for credentials to have been active for a week.
	T::BenchmarkHelper::clock(1_000 * DAY);
	let controller: T::AccountId = account("controller", 0, 0);
	let doctor: T::AccountId = account("doctor", 0, 0);
	T::BenchmarkHelper::institution(HOME);
	T::BenchmarkHelper::institution(AWAY);
	T::BenchmarkHelper::credential(&doctor, AWAY, Role::Doctor);
	let patient = T::BenchmarkHelper::patient(&controller, HOME);
	T::BenchmarkHelper::assignment(&doctor, patient, AWAY);
	World {
		patient,
		controller,
		doctor,
		now: T::Time::now(),
	}
}

impl<T: Config> World<T> {
	pub fn grantees(&self) -> [Grantee<T::AccountId>; 4] {
		[
			Grantee::Account(self.doctor.clone()),
			Grantee::Institution(AWAY),
			Grantee::Role(Role::Doctor, AWAY),
			Grantee::Assigned(AWAY),
		]
	}

	/// The longest terms, which a doctor may ask for.
	pub fn terms(&self) -> Terms {
		let records = (0..u64::from(MAX_TERMS_RECORDS)).collect::<alloc::vec::Vec<_>>();
		let compartments = (0..=u8::MAX)
			.take(MAX_TERMS_COMPARTMENTS as usize)
			.collect::<alloc::vec::Vec<_>>();
		Terms {
			actions: ActionSet::ALL,
			purposes: PurposeSet::of(&[Purpose::Treatment, Purpose::Emergency]),
			categories: CategorySet::ALL.without(CategorySet::of(&[Category::Claims])),
			records: records.try_into().unwrap_or_default(),
			compartments: compartments.try_into().unwrap_or_default(),
			recorded_from: Some(1),
			recorded_until: Some(Moment::MAX),
			starts: self.now,
			ends: self.now + 300 * DAY,
			uses: Some(u32::MAX),
			erase_after: Some(self.now + 400 * DAY),
			outlives: true,
		}
	}

	/// Sixteen grants, of which the last is dead if one has to be.
	pub fn fill_grants(&self, grantee: &Grantee<T::AccountId>, one_dead: bool) {
		let first = NextGrant::<T>::get();
		let list: alloc::vec::Vec<_> = (first..first + u64::from(MAX_GRANTS))
			.map(|id| Grant {
				id,
				terms: self.terms(),
				uses_left: Some(u32::MAX),
				given_at: self.now,
				given_by: self.controller.clone(),
				request: Some(0),
				parent: None,
				revoked_at: (one_dead && id == first + u64::from(MAX_GRANTS) - 1).then_some(self.now),
			})
			.collect();
		let list: GrantList<T::AccountId> = list.try_into().unwrap_or_default();
		Grants::<T>::insert(self.patient, grantee, list);
		NextGrant::<T>::put(first + u64::from(MAX_GRANTS));
		NextRequest::<T>::mutate(|next| *next = (*next).max(1));
	}

	/// Full lists of three others, each with a grant that was passed on from the one before, and the last grant of the
	/// doctor's own list passed on from the third.
	pub fn pass_on(&self, times: u32) {
		let mut parent = None;
		for n in 0..=times {
			let grantee = if n == times {
				Grantee::Account(self.doctor.clone())
			} else {
				Grantee::Account(account("passer", n, 0))
			};
			self.fill_grants(&grantee, false);
			let last = NextGrant::<T>::get() - 1;
			Grants::<T>::mutate(self.patient, &grantee, |list| {
				if let Some(grant) = list.iter_mut().last() {
					grant.parent = parent.clone();
				}
			});
			parent = Some(Parent { grantee, grant: last });
		}
	}

	/// A denial of the question that holds in all but its record.
	pub fn denial(&self) -> DenialTerms<T::AccountId> {
		DenialTerms {
			account: Some(self.doctor.clone()),
			institution: Some(AWAY),
			role: Some(Role::Doctor),
			category: Some(Category::Laboratory),
			compartment: Some(200),
			source: Some(AWAY),
			recorded_from: Some(1),
			recorded_until: Some(Moment::MAX),
			record: Some(0),
		}
	}

	/// May she view, in an emergency, what a colleague wrote? Every denial and every grant is near, and none decides.
	pub fn question(&self) -> AccessRequest<T::AccountId> {
		AccessRequest {
			requester: self.doctor.clone(),
			on_behalf_of: Some(AWAY),
			patient: self.patient,
			record: Some(u64::from(MAX_TERMS_RECORDS) - 1),
			custodian: AWAY,
			category: Category::Laboratory,
			compartment: Some(200),
			recorded_at: 1,
			author: self.controller.clone(),
			status: Some(RecordStatus::Current),
			action: Action::View,
			purpose: Purpose::Emergency,
		}
	}

	/// Full lists of grants, the last of them passed on as often as one can be, and of denials.
	pub fn fill(&self) {
		for grantee in self.grantees().iter().skip(1) {
			self.fill_grants(grantee, false);
		}
		self.pass_on(MAX_PASSES as u32);
		fill_denials::<T>(self.patient, &self.denial(), MAX_DENIALS);
	}

	/// The last grant of the doctor's own list opens the drawer in question.
	pub fn open_the_drawer(&self) {
		Grants::<T>::mutate(self.patient, Grantee::Account(self.doctor.clone()), |list| {
			if let Some(compartment) = list
				.iter_mut()
				.last()
				.and_then(|last| last.terms.compartments.last_mut())
			{
				*compartment = 200;
			}
		});
	}

	/// The patient has no device, and signs that the only denial of hers is lifted: the smallest of wishes that asks who
	/// gains by it.
	pub fn paper(self) -> (Self, Paper<T::AccountId>) {
		T::BenchmarkHelper::on_paper(self.patient);
		fill_denials::<T>(self.patient, &self.denial(), 1);
		let paper = Paper {
			wish: Wish::LiftDenial(0),
			scan: H256::zero(),
		};
		(self, paper)
	}

	/// Requests that differ from the longest terms in the last field alone; the first has expired if one has to be.
	pub fn fill_requests(&self, one_expired: bool) {
		let list: alloc::vec::Vec<_> = (0..u64::from(MAX_REQUESTS))
			.map(|id| ConsentRequest {
				id,
				institution: AWAY,
				terms: Terms {
					outlives: false,
					..self.terms()
				},
				asked_at: self.now,
				expires_at: if one_expired && id == 0 {
					self.now
				} else {
					self.now + MAX_REQUEST_LIFETIME
				},
			})
			.collect();
		let list: RequestList = list.try_into().unwrap_or_default();
		Requests::<T>::insert(self.patient, &self.doctor, list);
		NextRequest::<T>::put(u64::from(MAX_REQUESTS));
	}
}

impl<T: Config> World<T> {
	/// A case of the doctor's with as many others in it as there can be, save for these many places.
	pub fn case(&self, free: u32) -> CaseId {
		let id = NextCase::<T>::mutate(|next| {
			*next += 1;
			*next - 1
		});
		let team: alloc::vec::Vec<T::AccountId> = (free..MAX_TEAM).map(|n| account("team", n, 0)).collect();
		let approvals: alloc::vec::Vec<_> = (free..MAX_APPROVALS)
			.map(|n| Approval {
				approver: account("approver", n, 0),
				institution: HOME,
			})
			.collect();
		let case = Case {
			opener: self.doctor.clone(),
			institution: AWAY,
			reason: EmergencyReason::Other,
			justification: H256::zero(),
			opened_at: self.now,
			ends_at: self.now + DAY,
			approvals_needed: 1,
			team: team.try_into().unwrap_or_default(),
			approvals: approvals.try_into().unwrap_or_default(),
			closed_at: None,
			review: None,
			appealed_at: None,
			judgement: None,
		};
		CaseOf::<T>::insert(self.patient, &self.doctor, id);
		Openers::<T>::mutate(&self.doctor, |opener| {
			let _ = opener.open.try_push((id, case.ends_at));
			opener.docket.add(case.review_due(), self.now);
		});
		Dockets::<T>::mutate(AWAY, |docket| docket.add(case.review_due(), self.now));
		Cases::<T>::insert(self.patient, id, case);
		id
	}

	/// Reviews that fall due in every hour there can be.
	pub fn fill_dockets(&self) {
		let hours = (MAX_CASE_LIFETIME + REVIEW_WITHIN) / HOUR;
		for docket in (1..=hours).map(|hour| self.now + hour * HOUR) {
			Openers::<T>::mutate(&self.doctor, |opener| opener.docket.add(docket, self.now));
			Dockets::<T>::mutate(AWAY, |of| of.add(docket, self.now));
		}
	}

	/// A colleague of the doctor's in this role.
	pub fn colleague(&self, role: Role) -> T::AccountId {
		let colleague: T::AccountId = account("colleague", 0, 0);
		T::BenchmarkHelper::credential(&colleague, AWAY, role);
		colleague
	}

	pub fn end_of(&self, case: CaseId) {
		T::BenchmarkHelper::clock(self.now + DAY);
		assert!(Cases::<T>::get(self.patient, case).is_some_and(|case| !case.is_open(T::Time::now())));
	}
}

pub fn officers<T: Config>(institution: InstitutionId) -> alloc::vec::Vec<T::AccountId> {
	T::Registry::institution(institution)
		.map(|institution| institution.officers.into_inner())
		.unwrap_or_default()
}

pub const LAST_REQUEST: u64 = MAX_REQUESTS as u64 - 1;

/// So many denials with these terms, each for another record that there is not.
pub fn fill_denials<T: Config>(patient: PatientId, terms: &DenialTerms<T::AccountId>, count: u32) {
	let list: alloc::vec::Vec<_> = (0..u64::from(count))
		.map(|id| Denial {
			id,
			terms: DenialTerms {
				record: Some(RecordId::MAX - id),
				..terms.clone()
			},
			made_at: T::Time::now(),
		})
		.collect();
	let list: DenialList<T::AccountId> = list.try_into().unwrap_or_default();
	Denials::<T>::insert(patient, list);
	NextDenial::<T>::put(u64::from(count));
}
