//! The world that the benchmarks measure in: the largest hospitals, the longest keys.

use crate::{
	keys, Act, ActOf, Call, CaregiversOf, Config, Contacts, ContactsCommitment, ContactsOf, GuardiansOf, Home,
	KeyLosses, KinOf, Pallet, PatientOf, ProposedAct, ProposedActs, ProposedActsOf, Recoveries, Recovery, Vouching,
	MAX_CONTACTS, MAX_PROPOSED_ACTS,
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	storage::{storage_prefix, unhashed},
	traits::Time,
};
use salus_primitives::{
	contacts_commitment, tagged, wrapped, Acceptance, Action, ActionSet, Application, Capacity, Category, CategorySet,
	Credential, Guardianship, HpkeKey, Institution, InstitutionId, InstitutionKind, KeyLoss, Moment, PatientId,
	Purpose, PurposeSet, Role, Status, Terms, Vouch, Voucher, ACCEPT_TAG, APPLICATION_TAG, DAY, MAX_GUARDIANS,
	MAX_OFFICERS, MAX_PEERS, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS, REGISTER_TAG, VOUCHER_TAG, VOUCH_TAG,
};
use sp_core::{crypto::KeyTypeId, sr25519, H256};
use sp_io::{
	crypto::{ed25519_generate, ed25519_sign, sr25519_generate, sr25519_sign},
	hashing::blake2_256,
};
use sp_runtime::BoundedVec;

pub(super) const KEYS: KeyTypeId = KeyTypeId(*b"slus");

/// As many records and compartments as terms can name.
pub(super) fn terms<T: Config>() -> Terms {
	let records: Vec<u64> = (0..MAX_TERMS_RECORDS.into()).collect();
	let compartments: Vec<u8> = (0..MAX_TERMS_COMPARTMENTS).filter_map(|n| n.try_into().ok()).collect();
	Terms {
		actions: ActionSet::of(&[Action::View]),
		purposes: PurposeSet::of(&[Purpose::Treatment]),
		categories: CategorySet::of(&[Category::Imaging]),
		records: BoundedVec::truncate_from(records),
		compartments: BoundedVec::truncate_from(compartments),
		recorded_from: Some(0),
		recorded_until: Some(T::Time::now() + DAY),
		starts: 0,
		ends: T::Time::now() + 365 * DAY,
		uses: Some(1),
		erase_after: Some(T::Time::now() + 366 * DAY),
		outlives: true,
	}
}

pub(super) fn key(n: u8) -> HpkeKey {
	// The longest of the keys: its X25519 half is n with its top byte 1.
	let mut key = vec![n; 1_184 + 32];
	if let Some(top) = key.last_mut() {
		*top = 1;
	}
	HpkeKey::XWing(BoundedVec::truncate_from(key))
}

/// The largest hospital.
pub(super) fn hospital<T: Config>() -> Institution<T::AccountId> {
	let officers = (0..MAX_OFFICERS).map(|n| account("officer", n, 0)).collect();
	Institution {
		kind: InstitutionKind::Hospital,
		region: BoundedVec::truncate_from(b"CH-ZH".to_vec()),
		time_zone: BoundedVec::truncate_from(vec![b'x'; 32]),
		officers: BoundedVec::truncate_from(officers),
		status: Status::Active,
		hpke: key(201),
		peer_ids: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![1; 64]); MAX_PEERS as usize]),
		addresses: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![1; 128]); MAX_PEERS as usize]),
		admission_terms: terms::<T>(),
		seat: Some(account("seat", 0, 0)),
		validator: Some(account("validator", 0, 0)),
	}
}

/// A hospital with its last officer to be looked for longest.
pub(super) fn admitted<T: Config>() -> Result<(InstitutionId, T::AccountId), BenchmarkError> {
	let institution = Pallet::<T>::admit(hospital::<T>())?;
	Ok((institution, account("officer", MAX_OFFICERS - 1, 0)))
}

pub(super) fn with_credential<T: Config>(
	name: &'static str,
	institution: InstitutionId,
	role: Role,
	status: Status,
) -> Result<T::AccountId, BenchmarkError> {
	let holder: T::AccountId = account(name, 0, 0);
	let now = T::Time::now();
	let (licence, speciality) = (H256::zero(), H256::zero());
	let credential = Credential {
		role,
		licence,
		speciality,
		valid_from: 0,
		valid_until: now + DAY,
		status,
	};
	Pallet::<T>::issue(&holder, institution, credential).map_err(|_| "the credential is in order")?;
	Ok(holder)
}

pub(super) fn signature<T: Config>(key: &sr25519::Public, message: &[u8]) -> Result<T::Signature, BenchmarkError>
where
	T::Signature: From<sr25519::Signature>,
{
	Ok(sr25519_sign(KEYS, key, message)
		.ok_or("the keystore has the key")?
		.into())
}

/// A registration at a new hospital.
pub(super) fn registration<T: Config>() -> Result<(Call<T>, T::AccountId), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let officer_key = sr25519_generate(KEYS, None);
	let officer = T::AccountId::from(officer_key);
	let mut hospital = hospital::<T>();
	if let Some(last) = hospital.officers.last_mut() {
		*last = officer.clone();
	}
	let institution = Pallet::<T>::admit(hospital)?;
	let one_time = ed25519_generate(KEYS, None);
	let terms = terms::<T>();
	let voucher = Voucher {
		genesis: Pallet::<T>::genesis(),
		institution,
		terms: H256(terms.using_encoded(blake2_256)),
		key: one_time.0,
		not_after: T::Time::now() + DAY,
	};
	let voucher_signature = signature::<T>(&officer_key, &wrapped(VOUCHER_TAG, &voucher))?;
	let controller_key = sr25519_generate(KEYS, None);
	let controller = T::AccountId::from(controller_key);
	let hpke = key(202);
	let signed = (voucher.genesis, institution, voucher.key, &controller, &hpke, &terms);
	let key_signature = ed25519_sign(KEYS, &one_time, &tagged(REGISTER_TAG, &signed))
		.ok_or("the keystore has the key")?
		.0;
	let controller_signature = signature::<T>(&controller_key, &wrapped(REGISTER_TAG, &signed))?;
	let call = Call::register_patient {
		voucher,
		officer,
		voucher_signature,
		controller: controller.clone(),
		hpke,
		terms,
		key_signature,
		controller_signature,
	};
	Ok((call, controller))
}

/// A patient of a new hospital: who, where, her controller.
pub(super) fn patient<T: Config>() -> Result<(PatientId, InstitutionId, T::AccountId), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	use frame_support::traits::UnfilteredDispatchable;
	let (call, controller) = registration::<T>()?;
	call.dispatch_bypass_filter(frame_system::Origin::<T>::Authorized.into())
		.map_err(|error| error.error)?;
	let patient = PatientOf::<T>::get(&controller).ok_or("she is registered")?;
	let institution = Home::<T>::get(&controller).ok_or("she is registered")?;
	Ok((patient, institution, controller))
}

/// An application to the institution, and its signature.
pub(super) fn application<T: Config>(
	institution: InstitutionId,
) -> Result<(Application<T::AccountId>, T::Signature), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let key = sr25519_generate(KEYS, None);
	let application = Application {
		genesis: Pallet::<T>::genesis(),
		institution,
		applicant: T::AccountId::from(key),
		role: Role::Doctor,
		licence: H256::zero(),
		speciality: H256::zero(),
		not_after: T::Time::now() + DAY,
	};
	let signature = signature::<T>(&key, &wrapped(APPLICATION_TAG, &application))?;
	Ok((application, signature))
}

/// An application that waits: the applicant, where, an officer, the registrar.
pub(super) type Attested<AccountId> = (AccountId, InstitutionId, AccountId, AccountId);

/// An application that a registrar attested at a new hospital.
pub(super) fn attested<T: Config>() -> Result<Attested<T::AccountId>, BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let (institution, officer) = admitted::<T>()?;
	let registrar: T::AccountId = account("registrar", 0, 0);
	Pallet::<T>::name_registrar(institution, registrar.clone()).map_err(|_| "she is no officer")?;
	let (application, signature) = application::<T>(institution)?;
	let applicant = application.applicant.clone();
	Pallet::<T>::attest(registrar.clone(), applicant.clone(), &application, &signature)
		.map_err(|_| "the application is in order")?;
	Ok((applicant, institution, officer, registrar))
}

/// The longest act, each different.
pub(super) fn long_act<T: Config>(n: u32) -> ActOf<T> {
	let byte = u8::try_from(n).unwrap_or(u8::MAX);
	Act::ChangeHpkeKey(key(byte))
}

/// Fills the list of acts of an institution but for one place.
pub(super) fn nearly_full<T: Config>(institution: InstitutionId, proposer: &T::AccountId) {
	let until = T::Time::now() + DAY;
	let acts = (1..MAX_PROPOSED_ACTS).map(|n| ProposedAct {
		act: long_act::<T>(n),
		proposer: proposer.clone(),
		until,
	});
	ProposedActs::<T>::insert(institution, ProposedActsOf::<T>::truncate_from(acts.collect()));
}

/// Adds an act as another officer proposed it.
pub(super) fn proposed<T: Config>(institution: InstitutionId, act: ActOf<T>) {
	ProposedActs::<T>::mutate(institution, |acts| {
		let proposed = ProposedAct {
			act,
			proposer: account("officer", 0, 0),
			until: T::Time::now() + DAY,
		};
		// There is room for one.
		let _ = acts.try_push(proposed);
	});
}

/// 2500-05-01T00:00:00Z.
pub(super) const MAY_2500: Moment = 16_735_593_600_000;

/// An account that accepts a part for a patient.
pub(super) fn accepting<T: Config>(
	patient: PatientId,
	capacity: Capacity,
	hpke: Option<&HpkeKey>,
) -> Result<(T::AccountId, T::Signature), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let key = sr25519_generate(KEYS, None);
	let account = T::AccountId::from(key);
	let acceptance = Acceptance {
		genesis: Pallet::<T>::genesis(),
		patient,
		capacity,
		account: &account,
		hpke,
	};
	let signature = signature::<T>(&key, &wrapped(ACCEPT_TAG, &acceptance))?;
	Ok((account, signature))
}

/// As many guardians as there can be, until then.
pub(super) fn guarded<T: Config>(patient: PatientId, institution: InstitutionId, ends: Moment) {
	let guardians = (0..MAX_GUARDIANS).map(|n| {
		let guardian: T::AccountId = account("guardian", n, 0);
		Pallet::<T>::settle(&guardian, institution);
		KinOf::<T>::insert(&guardian, patient);
		Guardianship {
			guardian,
			executor: false,
			actions: ActionSet::of(&[Action::View]),
			consents: true,
			evidence: H256::zero(),
			starts: 0,
			ends,
			contested: false,
		}
	});
	GuardiansOf::<T>::insert(patient, BoundedVec::truncate_from(guardians.collect()));
}

/// Bends one of the guardianships.
pub(super) fn change_guardian<T: Config>(
	patient: PatientId,
	guardian: &T::AccountId,
	change: impl Fn(&mut Guardianship<T::AccountId>),
) {
	GuardiansOf::<T>::mutate(patient, |guardians| {
		guardians
			.iter_mut()
			.filter(|one| one.guardian == *guardian)
			.for_each(change);
	});
}

/// So many caregivers.
pub(super) fn cared_for<T: Config>(patient: PatientId, institution: InstitutionId, count: u32) {
	let caregivers = (0..count).map(|n| {
		let caregiver: T::AccountId = account("caregiver", n, 0);
		Pallet::<T>::settle(&caregiver, institution);
		KinOf::<T>::insert(&caregiver, patient);
		caregiver
	});
	CaregiversOf::<T>::insert(patient, BoundedVec::truncate_from(caregivers.collect()));
}

/// Sets the chain's clock, where the timestamp pallet keeps it in every runtime.
pub(super) fn clock(now: Moment) {
	unhashed::put(&storage_prefix(b"Timestamp", b"Now"), &now);
}

/// A recovery that begins now.
pub(super) fn recovering<T: Config>(patient: PatientId) -> Recovery<T::AccountId> {
	let recovery = Recovery {
		controller: account("controller", 0, 0),
		hpke: key(205),
		evidence: H256::zero(),
		since: T::Time::now(),
		objected: false,
		vouched: false,
	};
	assert!(keys::claim::<T>(&recovery.hpke).is_ok(), "nobody has the key");
	Recoveries::<T>::insert(patient, &recovery);
	let loss = KeyLoss {
		waiting: Some(recovery.since),
		recovered: None,
	};
	KeyLosses::<T>::insert(patient, loss);
	recovery
}

/// Contacts of the patient, of whom `n` sign her new keys; she is committed to them.
pub(super) fn vouching<T: Config>(
	patient: PatientId,
	(controller, hpke): (T::AccountId, HpkeKey),
	lost_at: Moment,
	not_after: Moment,
	n: u32,
) -> Result<(Contacts<T::AccountId>, Vouching<T::Signature>), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let vouch = Vouch {
		genesis: Pallet::<T>::genesis(),
		patient,
		round: 0,
		controller,
		hpke,
		lost_at,
		not_after,
	};
	let message = wrapped(VOUCH_TAG, &vouch);
	let (mut contacts, mut signatures) = (Vec::new(), Vec::new());
	for place in (0..MAX_CONTACTS).filter_map(|place| u8::try_from(place).ok()) {
		let key = sr25519_generate(KEYS, None);
		if u32::from(place) < n {
			signatures.push((place, signature::<T>(&key, &message)?));
		}
		contacts.push(T::AccountId::from(key));
	}
	let threshold = u8::try_from(n).unwrap_or(u8::MAX);
	let commitment = contacts_commitment(&[1; 32], threshold, &contacts);
	ContactsOf::<T>::insert(patient, ContactsCommitment { threshold, commitment });
	Ok((Contacts::truncate_from(contacts), Vouching::truncate_from(signatures)))
}
