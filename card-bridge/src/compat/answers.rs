//! What the client control tells of a certificate.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eport_card::{CardProfile, HolderCertificate};
use eport_schema::catalogue;
use serde_json::{Value, json};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _, time::ASN1Time};

use super::Data;
use crate::{key::CardKey, problem::Problem};

/// How a method is answered from the card's certificate.
pub type FromCertificate = fn(&[u8], &CardProfile) -> Result<Data, Problem>;

/// The methods that tell one thing about the card.
pub fn about_card(method: &str) -> Option<FromCertificate> {
    Some(match method {
        "cus-sec_SpcGetCardID" => |der, profile| one(&holder(der, profile)?.card_number.to_string()),
        "cus-sec_SpcGetCertNo" => |der, _| Ok(vec![serial(der)?]),
        "cus-sec_SpcGetUName" => |der, profile| one(&holder(der, profile)?.holder_name),
        "cus-sec_SpcGetEntID" => |der, profile| one(holder(der, profile)?.organisation.code()),
        "cus-sec_SpcGetEntName" => |der, profile| one(&holder(der, profile)?.enterprise_name),
        "cus-sec_SpcGetEntMode" => |der, profile| one(holder(der, profile)?.class.as_str()),
        "cus-sec_SpcGetValidTimeFromCert" => |der, _| validity(der),
        "security_getGetCardUserInfoAll" => user_info,
        _ => return None,
    })
}

/// Fields joined by `||`: certificate number, holder, enterprise, its code, card class, card number. The id number, which a control might put
/// here too, is not told to pages.
fn user_info(der: &[u8], profile: &CardProfile) -> Result<Data, Problem> {
    let holder = holder(der, profile)?;
    let fields = [
        holder.serial.as_str(),
        &holder.holder_name,
        &holder.enterprise_name,
        holder.organisation.code(),
        holder.class.as_str(),
        holder.card_number.as_str(),
    ];
    one(&fields.join("||"))
}

/// A certificate from a page: base64 of DER, with or without the lines of PEM.
///
/// # Errors
/// `bridge.params_invalid`.
pub fn certificate(text: &str) -> Result<Vec<u8>, Problem> {
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).flat_map(str::split_whitespace).collect();
    BASE64_STANDARD.decode(body).map_err(|_| invalid())
}

/// The serial number in lower-case hexadecimal.
///
/// # Errors
/// `bridge.certificate_unusable`.
pub fn serial(der: &[u8]) -> Result<Value, Problem> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|_| unusable())?;
    let serial = certificate.raw_serial();
    // A leading zero only keeps the number positive.
    Ok(json!(hex::encode(serial.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(serial))))
}

/// From when until when, as in the certificate: UTC.
///
/// # Errors
/// `bridge.certificate_unusable`.
pub fn validity(der: &[u8]) -> Result<Data, Problem> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|_| unusable())?;
    let validity = certificate.validity();
    let [start, end] = [validity.not_before, validity.not_after].map(compact);
    Ok(vec![json!({"szStartTime": start, "szEndTime": end})])
}

/// Whether `signature`, base64 of raw r‖s or of RSA's block, is that of the certificate's key over `message`.
///
/// # Errors
/// `bridge.signature_invalid` where it isn't.
pub fn verify(certificate: &[u8], message: &[u8], signature: &str) -> Result<Data, Problem> {
    let key = CardKey::of(certificate).ok_or_else(unusable)?;
    let signature = BASE64_STANDARD.decode(signature).map_err(|_| invalid())?;
    if key.verify(message, &signature) { one("成功!") } else { Err((&catalogue::BRIDGE_SIGNATURE_INVALID).into()) }
}

/// `yyyyMMddHHmmss`.
fn compact(time: ASN1Time) -> String {
    let time = time.to_datetime();
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn holder(der: &[u8], profile: &CardProfile) -> Result<HolderCertificate, Problem> {
    HolderCertificate::parse(der, profile).map_err(|_| unusable())
}

fn one(text: &str) -> Result<Data, Problem> {
    Ok(vec![json!(text)])
}

fn unusable() -> Problem {
    (&catalogue::BRIDGE_CERTIFICATE_UNUSABLE).into()
}

fn invalid() -> Problem {
    (&catalogue::BRIDGE_PARAMS_INVALID).into()
}
