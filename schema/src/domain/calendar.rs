//! Days, and what ends on one.

use time::macros::format_description;

use super::text::{has_control_characters, has_length};
use crate::catalogue::{
    DATE_FORMAT, Invalid, Language, QUALIFICATION_CUSTOMS_CODE, QUALIFICATION_KIND, QUALIFICATION_NUMBER, Text,
};

/// A day of the calendar, `2026-11-22`, between 1900 and 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarDate(time::Date);

impl CalendarDate {
    /// Reads `YYYY-MM-DD` in ASCII digits. The day must exist.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = Invalid(&DATE_FORMAT);
        let format = format_description!("[year]-[month]-[day]");
        // The crate takes a sign before the year.
        if text.len() != 10 || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(refused);
        }
        let date = time::Date::parse(text, format).map_err(|_| refused)?;
        if (1900..2200).contains(&date.year()) { Ok(Self(date)) } else { Err(refused) }
    }

    /// The day that a clock shows.
    pub const fn of(date: time::Date) -> Self {
        Self(date)
    }

    /// `YYYY-MM-DD`: as text it sorts like the days do.
    pub fn to_text(self) -> String {
        self.0.to_string()
    }

    /// How many days `later` is after this one; negative where it is before.
    pub fn days_until(self, later: Self) -> i64 {
        (later.0 - self.0).whole_days()
    }

    /// The day `days` later.
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(time::Duration::days(days)))
    }
}

impl serde::Serialize for CalendarDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> serde::Deserialize<'de> for CalendarDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl schemars::JsonSchema for CalendarDate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CalendarDate".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal, $zh:literal, $en:literal, $department_zh:literal, $department_en:literal;)*) => {
        /// What an enterprise is registered as, or licensed for (J13).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum QualificationKind {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl QualificationKind {
            /// All of them, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// As on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What it is called.
            pub const fn name(self, language: Language) -> &'static str {
                match self { $(Self::$variant => Text { zh: $zh, en: $en }.get(language),)* }
            }

            /// The department that it is usually registered at.
            pub const fn department(self, language: Language) -> &'static str {
                match self { $(Self::$variant => Text { zh: $department_zh, en: $department_en }.get(language),)* }
            }
        }
    };
}

kinds! {
    /// 海关注册编码.
    CustomsRegistration = "customs_registration", "海关注册编码", "Customs registration code", "海关", "Customs";
    /// 报检单位备案.
    InspectionRegistration = "inspection_registration", "报检单位备案", "Inspection registration", "海关", "Customs";
    /// AEO 认证.
    AeoCertification = "aeo_certification", "AEO 认证", "AEO certification", "海关", "Customs";
    /// 加工贸易.
    ProcessingTrade = "processing_trade", "加工贸易手（账）册", "Processing trade handbook", "海关", "Customs";
    /// 保税监管场所.
    BondedPlace = "bonded_place", "保税监管场所登记", "Bonded place", "海关", "Customs";
    /// 进出口食品企业备案.
    FoodEnterprise = "food_enterprise", "进出口食品企业备案", "Food importer or exporter", "海关", "Customs";
    /// 对外贸易经营者备案.
    ForeignTradeOperator = "foreign_trade_operator", "对外贸易经营者备案", "Foreign trade operator", "商务", "Commerce";
    /// 进出口许可.
    TradeLicence = "trade_licence", "进出口许可资质", "Import or export licence", "商务", "Commerce";
    /// 出口退税资格.
    TaxRebate = "tax_rebate", "出口退（免）税备案", "Export tax rebate", "税务", "Taxation";
    /// 外汇名录登记.
    ForeignExchange = "foreign_exchange", "贸易外汇收支企业名录", "Foreign exchange list", "外汇管理", "Foreign exchange";
    /// 船舶代理.
    ShippingAgency = "shipping_agency", "国际船舶代理备案", "Shipping agency", "交通运输", "Transport";
    /// 道路运输许可.
    RoadTransport = "road_transport", "道路运输经营许可", "Road transport licence", "交通运输", "Transport";
    /// 海事申报.
    MaritimeDeclaration = "maritime_declaration", "海事申报单位备案", "Maritime declaration", "海事", "Maritime safety";
    /// 营业执照.
    BusinessLicence = "business_licence", "营业执照", "Business licence", "市场监管", "Market regulation";
    /// 其他.
    Other = "other", "其他", "Other", "其他", "Other";
}

impl QualificationKind {
    /// Reads what [`QualificationKind::as_str`] writes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(Invalid(&QUALIFICATION_KIND))
    }
}

/// The number of a qualification: 1 to 64 characters on one line; 海关注册编码 is 10 digits or capital letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationNumber(String);

impl QualificationNumber {
    /// The most characters.
    pub const LONGEST: usize = 64;

    /// Reads a number of the kind `kind`. Spaces around it are dropped; a customs code is taken in either case.
    pub fn parse(kind: QualificationKind, text: &str) -> Result<Self, Invalid> {
        let trimmed = text.trim();
        if kind == QualificationKind::CustomsRegistration {
            let code = trimmed.to_ascii_uppercase();
            let right = code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
            return if right { Ok(Self(code)) } else { Err(Invalid(&QUALIFICATION_CUSTOMS_CODE)) };
        }
        if !has_length(trimmed, 1..=Self::LONGEST) || has_control_characters(trimmed) {
            return Err(Invalid(&QUALIFICATION_NUMBER));
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in ["2026-11-22", "2024-02-29", "1900-01-01", "2199-12-31"] {
            assert_eq!(CalendarDate::parse(text).unwrap().to_text(), text);
        }
    }

    #[test]
    fn days_that_do_not_exist_and_other_forms_are_refused() {
        for text in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-2",
            "20261122",
            "22.11.2026",
            "2026-11-22T00:00:00Z",
            "1899-12-31",
            "2200-01-01",
            "+026-01-01",
            "-001-01-01",
            "２０２６-11-22",
            "2026-11-22 ",
        ] {
            assert_eq!(CalendarDate::parse(text), Err(Invalid(&DATE_FORMAT)), "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_leap_days_and_years() {
        let day = |text| CalendarDate::parse(text).unwrap();
        assert_eq!(day("2024-02-28").days_until(day("2024-03-01")), 2);
        assert_eq!(day("2026-01-01").days_until(day("2025-12-31")), -1);
        assert_eq!(day("2026-12-31").plus_days(1), day("2027-01-01"));
    }

    #[test]
    fn kinds_read_what_they_write_and_have_names() {
        for kind in QualificationKind::ALL {
            assert_eq!(QualificationKind::parse(kind.as_str()), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert!(kind.name(Language::En).is_ascii() && !kind.name(Language::Zh).is_empty());
        }
        assert_eq!(QualificationKind::parse("海关"), Err(Invalid(&QUALIFICATION_KIND)));
    }

    #[test]
    fn a_customs_code_has_ten_characters_and_other_numbers_are_free() {
        use QualificationKind::{CustomsRegistration, Other};
        assert_eq!(QualificationNumber::parse(CustomsRegistration, " 6101960abc ").unwrap().as_str(), "6101960ABC");
        for text in ["", "6101960AB", "6101960ABCD", "6101960AB-", "６101960ABC", "610196报关", "6101 960AB"] {
            let refused = Err(Invalid(&QUALIFICATION_CUSTOMS_CODE));
            assert_eq!(QualificationNumber::parse(CustomsRegistration, text), refused, "{text}");
        }
        assert_eq!(QualificationNumber::parse(Other, "陕字〔2024〕1号").unwrap().as_str(), "陕字〔2024〕1号");
        for text in ["", " ", "a\nb", &"1".repeat(65)] {
            assert_eq!(QualificationNumber::parse(Other, text), Err(Invalid(&QUALIFICATION_NUMBER)));
        }
    }

    proptest! {
        #[test]
        fn text_sorts_like_days(a in 0i64..100_000, b in 0i64..100_000) {
            let first = CalendarDate::parse("1900-01-01").unwrap();
            let (a, b) = (first.plus_days(a), first.plus_days(b));
            prop_assert_eq!(a.to_text().cmp(&b.to_text()), a.cmp(&b));
        }

        #[test]
        fn no_text_makes_it_panic(text: String, days: i64) {
            if let Ok(date) = CalendarDate::parse(&text) {
                let _ = date.plus_days(days).days_until(date);
            }
        }
    }
}
