use crate::{
	contact::{BadContact, Contact},
	Kind,
};

#[test]
fn mail_addresses_and_telephone_numbers_are_contacts() {
	for (text, kind) in [
		("ada@example.org", Kind::Mail),
		("ada.lovelace+salus@mail.example.org", Kind::Mail),
		(" ada@example.org ", Kind::Mail),
		("+4930123456", Kind::Phone),
		("+1234567", Kind::Phone),
	] {
		let contact = Contact::parse(text).unwrap();
		assert_eq!(contact.kind(), kind, "{text}");
		assert_eq!(contact.reveal(), text.trim());
	}
}

#[test]
fn what_could_end_a_header_or_name_a_second_recipient_is_none() {
	let long = format!("{}@example.org", "a".repeat(255));
	for text in [
		"",
		"ada",
		"ada@",
		"@example.org",
		"ada@example.org\r\nBcc: eve@example.org",
		"ada@example.org\nBcc: eve@example.org",
		"ada@example.org\0",
		"ada@example.org,eve@example.org",
		"ada@example.org;eve@example.org",
		"ada@example.org eve@example.org",
		"Ada <ada@example.org>",
		"<ada@example.org>",
		"\"ada\"@example.org",
		"\"a\\\"b\"@example.org",
		"ada@[127.0.0.1]",
		"ada(comment)@example.org",
		"ada:eve@example.org",
		"ädä@example.org",
		"ada@exämple.org",
		&long,
		"+",
		"+123456",
		"+1234567890123456",
		"+0301234567",
		"+49 30 123456",
		"+49-30-123456",
		"+4930123456\n",
		"+493012345x",
		"030123456",
	] {
		assert_eq!(Contact::parse(text), Err(BadContact), "{text:?}");
	}
}

#[test]
fn a_contact_is_not_printed() {
	let contact = Contact::parse("ada@example.org").unwrap();
	assert_eq!(format!("{contact:?}"), "Contact(mail)");
	assert!(!BadContact.to_string().contains("ada"));
}
