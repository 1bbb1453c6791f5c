use crate::{
	alert::{commitment, AlertScope, SealedAlertError, BLOCK, SALT},
	wrap::{HpkeKey, HpkeSecret, WrapError, WRAP_LEN},
};

fn scope() -> AlertScope {
	AlertScope {
		genesis: [1; 32],
		patient: 3,
		commitment: [2; 32],
	}
}

#[test]
fn only_the_addressee_opens_it_and_only_as_this_alert() {
	let (nurse, other) = (HpkeSecret::generate().unwrap(), HpkeSecret::generate().unwrap());
	let sealed = scope().seal(b"what it says", &nurse.public()).unwrap();
	assert_eq!(scope().open(&sealed, &nurse).unwrap().as_slice(), b"what it says");
	let wrong = Err(SealedAlertError::Wrap(WrapError::WrongKey));
	assert_eq!(scope().open(&sealed, &other), wrong);
	for scope in [
		AlertScope {
			genesis: [9; 32],
			..scope()
		},
		AlertScope { patient: 4, ..scope() },
		AlertScope {
			commitment: [9; 32],
			..scope()
		},
	] {
		assert_eq!(scope.open(&sealed, &nurse), wrong);
	}
	assert_ne!(scope().seal(b"what it says", &nurse.public()).unwrap(), sealed);
}

#[test]
fn its_length_says_nothing_of_what_it_says() {
	let nurse = HpkeSecret::generate().unwrap();
	let length = |content: usize| {
		let sealed = scope().seal(&vec![7; content], &nurse.public()).unwrap();
		assert_eq!(scope().open(&sealed, &nurse).unwrap().len(), content);
		sealed.len()
	};
	assert_eq!(
		(length(0), length(BLOCK - 2)),
		(1 + WRAP_LEN + BLOCK + 16, 1 + WRAP_LEN + BLOCK + 16)
	);
	assert_eq!(length(BLOCK - 1), 1 + WRAP_LEN + 2 * BLOCK + 16);
	let long = scope().seal(&vec![0; 65_536], &nurse.public());
	assert_eq!(long, Err(SealedAlertError::TooLong));
}

#[test]
fn damaged_bytes_and_keys_of_other_suites_are_refused() {
	let nurse = HpkeSecret::generate().unwrap();
	let sealed = scope().seal(b"what it says", &nurse.public()).unwrap();
	for place in 0..sealed.len() {
		let mut damaged = sealed.clone();
		damaged[place] ^= 1;
		assert!(scope().open(&damaged, &nurse).is_err(), "byte {place}");
		assert!(scope().open(&sealed[..place], &nurse).is_err(), "cut at {place}");
	}
	assert_eq!(scope().open(&[], &nurse), Err(SealedAlertError::Malformed));
	let post_quantum = scope().seal(b"", &HpkeKey::XWing(vec![0; 1216]));
	assert_eq!(post_quantum, Err(SealedAlertError::Wrap(WrapError::UnsupportedKey)));
}

#[test]
fn what_is_read_is_what_was_committed_to() {
	let nurse = HpkeSecret::generate().unwrap();
	let said = [[5; SALT].as_slice(), b"what it says"].concat();
	let scope = AlertScope {
		commitment: commitment(&said).unwrap(),
		..scope()
	};
	let sealed = scope.seal(&said, &nurse.public()).unwrap();
	assert_eq!(scope.read(&sealed, &nurse).unwrap().as_slice(), b"what it says");
	let other_salt = [[6; SALT].as_slice(), b"what it says"].concat();
	for other in [&other_salt[..], &said[..said.len() - 1], &said[1..], b"short", b""] {
		let sealed = scope.seal(other, &nurse.public()).unwrap();
		assert_eq!(scope.read(&sealed, &nurse), Err(SealedAlertError::OtherContent));
	}
	assert_eq!(commitment(&[0; SALT - 1]), None);
	assert!(commitment(&[0; SALT]).is_some());
}
