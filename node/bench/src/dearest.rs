//! The question that is dearest to decide, made of signed calls: every list of the patient's is full, no denial decides,
//! and each grant is in doubt, which is checked last, because her key is said to be lost.

use codec::Decode;
use frame_system::Account;
use pallet_consent::{Call, NextGrant, MAX_DENIALS, MAX_GRANTS, MAX_PASSES};
use pallet_records::NextRecord;
use pallet_roles::Act;
use salus_primitives::{
	wrapped, Acceptance, AccessRequest, Action, ActionSet, Capacity, Category, CategorySet, DenialTerms,
	EmergencyReason, GrantId, Grantee, HpkeKey, InstitutionId, Moment, Parent, PatientId, Purpose, PurposeSet,
	RecordId, RecordStatus, Role, Terms, ACCEPT_TAG, DAY, HOUR, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS,
};
use salus_runtime::{AccountId, Runtime, RuntimeCall};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::BoundedVec;

use crate::{
	error::{Error, Result},
	load::Sender,
	signing::sign,
	world::{controller, pair, World},
};

type Calls = Call<Runtime>;

/// The patient of the first doctor, and who asks about her: a doctor of the preset, because a case is opened by somebody
/// who has been there for a week.
struct Scene<'a> {
	world: &'a World,
	institution: InstitutionId,
	patient: PatientId,
	controller: sr25519::Pair,
	asker: sr25519::Pair,
	/// The colleagues through whom a grant came to her.
	passers: Vec<sr25519::Pair>,
	now: Moment,
}

/// Fills everything around the first doctor's patient and asks what a colleague of hers may see in an emergency.
pub async fn question(world: &mut World) -> Result<AccessRequest<AccountId>> {
	let missing = || Error::Missing("a doctor".into());
	let author = world.doctors.first_mut().ok_or_else(missing)?;
	let mut document = author.record();
	document.category = Category::Imaging;
	let author = author.clone();
	let institution = author.institution;
	let here = world.doctors.iter().filter(|doctor| doctor.institution == institution);
	let scene = Scene {
		institution,
		patient: author.patient,
		controller: controller(world.genesis, institution, 0)?,
		asker: pair("//Alice//doctor")?,
		passers: here.skip(1).take(MAX_PASSES).map(|doctor| doctor.key.clone()).collect(),
		now: world.time().await?,
		world,
	};
	let record: RecordId = scene
		.value(&NextRecord::<Runtime>::hashed_key())
		.await?
		.unwrap_or_default();
	let register = pallet_records::Call::register {
		record: document.clone(),
		purpose: Purpose::Treatment,
		institution: Some(institution),
	};
	scene.send(&author.key, register.into()).await?;
	scene.assign().await?;
	let terms = scene.terms(record);
	scene.pass_on(&terms).await?;
	scene.fill(&terms).await?;
	scene.deny(record).await?;
	let open = Calls::open_case {
		patient: scene.patient,
		institution,
		reason: EmergencyReason::Other,
		justification: H256::zero(),
		ends_at: scene.now.saturating_add(HOUR),
	};
	scene.send(&scene.asker, open.into()).await?;
	scene.lose_key().await?;
	Ok(AccessRequest {
		requester: id(&scene.asker),
		on_behalf_of: Some(institution),
		patient: scene.patient,
		record: Some(record),
		custodian: institution,
		category: document.category,
		compartment: document.compartment,
		recorded_at: document.recorded_at,
		author: author.id(),
		status: Some(RecordStatus::Current),
		action: Action::View,
		purpose: Purpose::Emergency,
	})
}

fn id(pair: &sr25519::Pair) -> AccountId {
	pair.public().into()
}

impl Scene<'_> {
	/// A value of the finalised state.
	async fn value<T: Decode>(&self, key: &[u8]) -> Result<Option<T>> {
		let (block, _) = self.world.watch.finalised().await?;
		let stored = self.world.watch.storage(key, &block).await?;
		let decoded = stored.map(|bytes| T::decode(&mut bytes.as_slice())).transpose();
		decoded.map_err(|_| Error::Unreadable("a value of the state"))
	}

	/// Sends one call and waits until it is final.
	async fn send(&self, who: &sr25519::Pair, call: RuntimeCall) -> Result<()> {
		type Info = frame_system::AccountInfo<u32, ()>;
		let account: Option<Info> = self.value(&Account::<Runtime>::hashed_key_for(id(who))).await?;
		let nonce = account.map(|account| account.nonce).unwrap_or_default();
		let sender = Sender {
			rpc: self.world.connection(0, 0)?,
			transactions: vec![sign(self.world.genesis, who, nonce, call, 0)],
		};
		self.world.land(vec![sender]).await
	}

	/// Several calls in one transaction.
	async fn batch(&self, who: &sr25519::Pair, calls: Vec<RuntimeCall>) -> Result<()> {
		self.send(who, pallet_utility::Call::batch_all { calls }.into()).await
	}

	/// The patient is assigned to who will ask.
	async fn assign(&self) -> Result<()> {
		let propose = pallet_roles::Call::propose_assignment {
			patient: self.patient,
			practitioner: id(&self.asker),
		};
		self.send(&pair("//Alice//admin")?, propose.into()).await?;
		let accept = pallet_roles::Call::accept_assignment {
			patient: self.patient,
			institution: self.institution,
		};
		self.send(&self.asker, accept.into()).await
	}

	/// The longest terms that cover the record.
	fn terms(&self, record: RecordId) -> Terms {
		let records = (record..).take(MAX_TERMS_RECORDS as usize).collect();
		let drawers = (0..).take(MAX_TERMS_COMPARTMENTS as usize).collect();
		Terms {
			actions: ActionSet::ALL,
			purposes: PurposeSet::ALL,
			categories: CategorySet::ALL,
			records: BoundedVec::truncate_from(records),
			compartments: BoundedVec::truncate_from(drawers),
			recorded_from: Some(1),
			recorded_until: Some(Moment::MAX),
			starts: self.now.saturating_sub(DAY),
			ends: self.now.saturating_add(DAY),
			uses: Some(u32::MAX),
			erase_after: Some(self.now.saturating_add(DAY.saturating_mul(2))),
			outlives: true,
		}
	}

	/// A grant comes to her through as many others as it may.
	async fn pass_on(&self, terms: &Terms) -> Result<()> {
		let mut holder: Option<(&sr25519::Pair, GrantId)> = None;
		for to in self.passers.iter().chain([&self.asker]) {
			let next: Option<GrantId> = self.value(&NextGrant::<Runtime>::hashed_key()).await?;
			let (signer, call) = match holder {
				None => {
					let grantee = Grantee::Account(id(to));
					(&self.controller, self.grant(grantee, terms.clone()))
				}
				Some((from, grant)) => {
					let call = Calls::pass_on {
						patient: self.patient,
						institution: self.institution,
						from: Parent {
							grantee: Grantee::Account(id(from)),
							grant,
						},
						to: id(to),
						terms: terms.clone(),
					};
					(from, call.into())
				}
			};
			self.send(signer, call).await?;
			holder = Some((to, next.unwrap_or_default()));
		}
		Ok(())
	}

	fn grant(&self, grantee: Grantee<AccountId>, terms: Terms) -> RuntimeCall {
		let patient = self.patient;
		Calls::grant {
			patient,
			grantee,
			terms,
		}
		.into()
	}

	/// Each list has a grant already, from the admission or passed on, but for those of institution and role.
	async fn fill(&self, terms: &Terms) -> Result<()> {
		let accounts = self.passers.iter().chain([&self.asker]);
		let begun = accounts.map(|account| Grantee::Account(id(account)));
		let begun = begun
			.chain([Grantee::Assigned(self.institution)])
			.map(|grantee| (grantee, 1));
		let empty = [
			Grantee::Institution(self.institution),
			Grantee::Role(Role::Doctor, self.institution),
		];
		for (grantee, there) in begun.chain(empty.map(|grantee| (grantee, 0))) {
			let grants = (there..MAX_GRANTS).map(|_| self.grant(grantee.clone(), terms.clone()));
			self.batch(&self.controller, grants.collect()).await?;
		}
		Ok(())
	}

	/// Denials of other records; the last slot is kept for one of everything, which would decide.
	async fn deny(&self, record: RecordId) -> Result<()> {
		let denials = (1..u64::from(MAX_DENIALS)).map(|other| {
			let terms = DenialTerms {
				account: Some(id(&self.asker)),
				institution: Some(self.institution),
				role: Some(Role::Doctor),
				category: Some(Category::Imaging),
				compartment: None,
				source: Some(self.institution),
				recorded_from: Some(1),
				recorded_until: Some(Moment::MAX),
				record: Some(record.saturating_add(other)),
			};
			let patient = self.patient;
			Calls::deny { patient, terms }.into()
		});
		self.batch(&self.controller, denials.collect()).await
	}

	/// Her officers begin the recovery of a key that was lost before she gave any of it, as they say.
	async fn lose_key(&self) -> Result<()> {
		let new = pair("//Recovered")?;
		let controller = id(&new);
		let hpke = HpkeKey::X25519(*controller.as_ref());
		let acceptance = Acceptance {
			genesis: self.world.genesis,
			patient: self.patient,
			capacity: Capacity::Controller,
			account: &controller,
			hpke: Some(&hpke),
		};
		let signature = new.sign(&wrapped(ACCEPT_TAG, &acceptance)).into();
		let act = Act::BeginRecovery {
			patient: self.patient,
			controller: controller.clone(),
			hpke: hpke.clone(),
			evidence: H256::zero(),
			lost_at: self.now.saturating_sub(DAY),
			signature,
		};
		let institution = self.institution;
		let propose = pallet_roles::Call::propose_act {
			institution,
			act: act.clone(),
		};
		self.send(&pair("//Alice")?, propose.into()).await?;
		let confirm = pallet_roles::Call::confirm_act { institution, act };
		self.send(&pair("//Charlie")?, confirm.into()).await
	}
}
