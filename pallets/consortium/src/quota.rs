//! The transaction extension that measures each institution's load. Until limits come it refuses nothing; its place
//! and its encoding (nothing) are final.

use crate::{Config, Load, Loads, Payer, WeightInfo, WINDOW};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
	dispatch::{DispatchInfo, PostDispatchInfo},
	traits::{OriginTrait, Time},
	CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use salus_primitives::InstitutionId;
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{
		DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf, TransactionExtension,
		ValidateResult,
	},
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
	DispatchResult, Weight,
};

/// Counts what a call really used to the institution that pays for it.
#[derive(Encode, Decode, DecodeWithMemTracking, CloneNoBound, EqNoBound, PartialEqNoBound, DebugNoBound, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct Quota<T>(core::marker::PhantomData<T>);

impl<T> Quota<T> {
	/// The extension.
	pub const fn new() -> Self {
		Self(core::marker::PhantomData)
	}
}

impl<T> Default for Quota<T> {
	fn default() -> Self {
		Self::new()
	}
}

impl<T: Config + Send + Sync> TransactionExtension<T::RuntimeCall> for Quota<T>
where
	T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
{
	const IDENTIFIER: &'static str = "Quota";
	type Implicit = ();
	type Val = Option<InstitutionId>;
	type Pre = Option<InstitutionId>;

	fn weight(&self, _: &T::RuntimeCall) -> Weight {
		T::WeightInfo::quota()
	}

	fn validate(
		&self,
		origin: DispatchOriginOf<T::RuntimeCall>,
		call: &T::RuntimeCall,
		_: &DispatchInfoOf<T::RuntimeCall>,
		_: usize,
		_: (),
		_: &impl Implication,
		_: TransactionSource,
	) -> ValidateResult<Self::Val, T::RuntimeCall> {
		let payer = T::Payer::payer(origin.as_signer(), call);
		Ok((ValidTransaction::default(), payer, origin))
	}

	fn prepare(
		self,
		payer: Self::Val,
		_: &DispatchOriginOf<T::RuntimeCall>,
		_: &T::RuntimeCall,
		_: &DispatchInfoOf<T::RuntimeCall>,
		_: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		Ok(payer)
	}

	fn post_dispatch_details(
		payer: Self::Pre,
		info: &DispatchInfoOf<T::RuntimeCall>,
		post_info: &PostDispatchInfoOf<T::RuntimeCall>,
		_: usize,
		_: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		if let Some(institution) = payer {
			count::<T>(institution, post_info.calc_actual_weight(info));
		}
		Ok(Weight::zero())
	}
}

pub(crate) fn count<T: Config>(institution: InstitutionId, used: Weight) {
	let window = T::Time::now().checked_div(WINDOW).unwrap_or_default();
	Loads::<T>::mutate(institution, |load| {
		let so_far = load.filter(|load| load.window == window).unwrap_or(Load {
			window,
			..Load::default()
		});
		*load = Some(Load {
			window,
			ref_time: so_far.ref_time.saturating_add(used.ref_time()),
			calls: so_far.calls.saturating_add(1),
		});
	});
}
