//! What stands in storage.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod storage {
	/// The id of the next institution.
	#[pallet::storage]
	pub type NextInstitution<T: Config> = StorageValue<_, InstitutionId, ValueQuery>;

	/// The admitted institutions.
	#[pallet::storage]
	pub type Institutions<T: Config> =
		StorageMap<_, Twox64Concat, InstitutionId, Institution<T::AccountId>, OptionQuery>;

	/// The institution whose quota an account uses. Each account here holds one provider reference of this pallet.
	#[pallet::storage]
	pub type Home<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, InstitutionId, OptionQuery>;

	/// What an account is at an institution.
	#[pallet::storage]
	pub type Credentials<T: Config> =
		StorageMap<_, Blake2_128Concat, (T::AccountId, InstitutionId), Credential, OptionQuery>;

	/// When a credential was last issued or reinstated; none for one that is as old as its first day.
	#[pallet::storage]
	pub type ActiveSince<T: Config> =
		StorageMap<_, Blake2_128Concat, (T::AccountId, InstitutionId), Moment, OptionQuery>;

	/// The suspended credentials with which a violation was found: it takes two officers to reinstate them.
	#[pallet::storage]
	pub type Violations<T: Config> = StorageMap<_, Blake2_128Concat, (T::AccountId, InstitutionId), (), OptionQuery>;

	/// The id of the next patient.
	#[pallet::storage]
	pub type NextPatient<T: Config> = StorageValue<_, PatientId, ValueQuery>;

	/// The patients.
	#[pallet::storage]
	pub type Patients<T: Config> = StorageMap<_, Twox64Concat, PatientId, Patient<T::AccountId>, OptionQuery>;

	/// The patient that an account is the controller of.
	#[pallet::storage]
	pub type PatientOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, PatientId, OptionQuery>;

	/// Blake2-256 of the X25519 half of each HPKE key in use, so that two ids of one person never share one.
	#[pallet::storage]
	pub type HpkeKeys<T: Config> = StorageMap<_, Identity, H256, (), OptionQuery>;

	/// The one-time keys of used vouchers, and when those vouchers end.
	#[pallet::storage]
	pub type UsedVouchers<T: Config> = StorageMap<_, Blake2_128Concat, OneTimeKey, Moment, OptionQuery>;

	/// Which practitioners, and where, a patient is assigned to.
	#[pallet::storage]
	pub type Assignments<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		PatientId,
		Blake2_128Concat,
		(T::AccountId, InstitutionId),
		Assignment,
		OptionQuery,
	>;

	/// The account that attests an institution's applications; without one its officers take them themselves.
	#[pallet::storage]
	pub type Registrars<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, T::AccountId, OptionQuery>;

	/// The attested applications that no officer has decided.
	#[pallet::storage]
	pub type Applications<T: Config> =
		StorageMap<_, Blake2_128Concat, (T::AccountId, InstitutionId), AttestedApplication<T::AccountId>, OptionQuery>;

	/// The acts of an institution that wait for a second officer.
	#[pallet::storage]
	pub type ProposedActs<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, ProposedActsOf<T>, ValueQuery>;

	/// The keys of an institution that are announced and not in force.
	#[pallet::storage]
	pub type ComingKeysOf<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, ComingKeys, OptionQuery>;

	/// What an account holds that has to end before it leaves.
	#[pallet::storage]
	pub type TiesOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Ties, ValueQuery>;

	/// Accounts that left, or were replaced: they never come back.
	#[pallet::storage]
	pub type Tombstones<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, (), OptionQuery>;

	/// Those of [`HpkeKeys`] that are in use no more. They stay taken, since there are payload keys wrapped to them.
	#[pallet::storage]
	pub type RetiredKeys<T: Config> = StorageMap<_, Identity, H256, (), OptionQuery>;

	/// For which patient a guardian's or caregiver's account acts: for one only, or two ids could be linked by it.
	#[pallet::storage]
	pub type KinOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, PatientId, OptionQuery>;

	/// What is known of the patients who were registered on paper.
	#[pallet::storage]
	pub type PaperRecords<T: Config> = StorageMap<_, Twox64Concat, PatientId, PaperRecord, OptionQuery>;

	/// Into what an id was merged.
	#[pallet::storage]
	pub type Merges<T: Config> = StorageMap<_, Twox64Concat, PatientId, Merge, OptionQuery>;

	/// The notes of deaths that were contested, until the council does not uphold them or two officers take them back.
	#[pallet::storage]
	pub type ContestedDeaths<T: Config> = StorageMap<_, Twox64Concat, PatientId, ContestedDeath, OptionQuery>;

	/// A patient's caregivers.
	#[pallet::storage]
	pub type CaregiversOf<T: Config> = StorageMap<_, Twox64Concat, PatientId, Caregivers<T::AccountId>, ValueQuery>;

	/// A patient's guardians.
	#[pallet::storage]
	pub type GuardiansOf<T: Config> = StorageMap<_, Twox64Concat, PatientId, Guardianships<T::AccountId>, ValueQuery>;

	/// The recoveries that the council has not decided.
	#[pallet::storage]
	pub type Recoveries<T: Config> = StorageMap<_, Twox64Concat, PatientId, Recovery<T::AccountId>, OptionQuery>;

	/// Since when keys may have been in other hands, of the patients of whom two officers said so.
	#[pallet::storage]
	pub type KeyLosses<T: Config> = StorageMap<_, Twox64Concat, PatientId, KeyLoss, ValueQuery>;

	/// How many recoveries of a patient's key have ended, completed or not. Contacts sign it, so that what they signed for
	/// one of them begins no other.
	#[pallet::storage]
	pub type RecoveryRounds<T: Config> = StorageMap<_, Twox64Concat, PatientId, u32, ValueQuery>;

	/// Which contacts vouch for a patient who lost her key, committed to.
	#[pallet::storage]
	pub type ContactsOf<T: Config> = StorageMap<_, Twox64Concat, PatientId, ContactsCommitment, OptionQuery>;
}
