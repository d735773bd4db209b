//! A single field or parameter that is not as it must be.

use super::refusals;

refusals! { FIELD:
    PHONE_FORMAT = "phone.format", 422, AfterFix {
        title: "手机号格式不对", "The phone number is malformed";
        detail: "手机号应为以 13 至 19 开头的 11 位半角数字，可带 +86、空格或连字符。", "A phone number is 11 ASCII digits starting with 13 to 19; +86, spaces and hyphens may be added.";
        fix: "请核对手机号，例如 138 1234 5678。", "Check the number, for example 138 1234 5678.";
    }
    ID_TYPE_UNKNOWN = "id_type.unknown", 422, AfterFix {
        title: "不认识的证件类型", "The id type is unknown";
        detail: "证件类型不在支持的范围内。", "The id type is not one of those supported.";
        fix: "请使用 resident_id、hk_macao_permit、taiwan_permit、hmt_residence_permit、foreigner_permanent_resident_id 或 passport。", "Use resident_id, hk_macao_permit, taiwan_permit, hmt_residence_permit, foreigner_permanent_resident_id or passport.";
    }
    ID_NUMBER_FORMAT = "id_number.format", 422, AfterFix {
        title: "证件号码格式不对", "The id number is malformed";
        detail: "证件号码的长度或字符与所选证件类型不符。", "The length or the characters of the id number are not those of the id type.";
        fix: "请对照证件核对号码和证件类型，并使用半角字符。", "Compare number and id type with the document, and use ASCII characters.";
    }
    ID_NUMBER_CHECK_CHARACTER = "id_number.check_character", 422, AfterFix {
        title: "证件号码有误", "The id number has a mistake";
        detail: "证件号码的校验码与前面各位不符，多半是有一位输错了。", "The check character doesn't fit the rest of the id number; most likely one character is wrong.";
        fix: "请对照证件逐位核对。", "Compare it with the document, character by character.";
    }
    ID_NUMBER_DATE = "id_number.date", 422, AfterFix {
        title: "证件号码中的出生日期有误", "The date of birth in the id number is wrong";
        detail: "证件号码第 7 至 14 位的出生日期不存在或在今天之后。", "The date of birth in characters 7 to 14 of the id number doesn't exist or lies ahead.";
        fix: "请对照证件核对号码。", "Compare the number with the document.";
    }
    USCC_FORMAT = "uscc.format", 422, AfterFix {
        title: "统一社会信用代码格式不对", "The unified social credit code is malformed";
        detail: "统一社会信用代码为 18 位数字或大写字母，不含 I、O、S、V、Z。", "A unified social credit code has 18 digits or letters, without I, O, S, V and Z.";
        fix: "请对照营业执照核对，并使用半角字符。", "Compare it with the business licence, and use ASCII characters.";
    }
    USCC_CHECK_CHARACTER = "uscc.check_character", 422, AfterFix {
        title: "统一社会信用代码有误", "The unified social credit code has a mistake";
        detail: "第 18 位校验码与前 17 位不符，多半是有一位输错了。", "Its 18th character doesn't fit the other 17; most likely one character is wrong.";
        fix: "请对照营业执照逐位核对。", "Compare it with the business licence, character by character.";
    }
    ORGANISATION_CODE_FORMAT = "organisation_code.format", 422, AfterFix {
        title: "组织机构代码格式不对", "The organisation code is malformed";
        detail: "组织机构代码为 8 位数字或大写字母加 1 位校验码。", "An organisation code has 8 digits or letters and a check character.";
        fix: "请核对代码，例如 74583633-9。", "Check the code, for example 74583633-9.";
    }
    ORGANISATION_CODE_CHECK_CHARACTER = "organisation_code.check_character", 422, AfterFix {
        title: "组织机构代码有误", "The organisation code has a mistake";
        detail: "校验码与前 8 位不符，多半是有一位输错了。", "The check character doesn't fit the other 8; most likely one character is wrong.";
        fix: "请对照证书逐位核对。", "Compare it with the certificate, character by character.";
    }
    USERNAME_LENGTH = "username.length", 422, AfterFix {
        title: "用户名长度不对", "The username is too short or too long";
        detail: "用户名为 3 至 32 个字符。", "A username has 3 to 32 characters.";
        fix: "请换一个长度合适的用户名。", "Choose one of the right length.";
    }
    USERNAME_FORMAT = "username.format", 422, AfterFix {
        title: "用户名含有不允许的字符", "The username has characters that are not allowed";
        detail: "用户名以英文字母或汉字开头，只含英文字母、汉字、半角数字和 _ . -。", "A username starts with an English letter or a Chinese character and has only those, ASCII digits and _ . -";
        fix: "请去掉空格和其他符号，并以字母或汉字开头。", "Leave out spaces and other signs, and start with a letter or a Chinese character.";
    }
    NAME_LENGTH = "name.length", 422, AfterFix {
        title: "姓名长度不对", "The name is empty or too long";
        detail: "姓名为 1 至 64 个字符。", "A name has 1 to 64 characters.";
        fix: "请填写证件上的姓名。", "Enter the name as on the document.";
    }
    NAME_CHARACTERS = "name.characters", 422, AfterFix {
        title: "姓名含有不允许的字符", "The name has characters that are not allowed";
        detail: "姓名只能含文字、中间的空格和 · . ' -，并且至少有一个文字。", "A name has only letters, spaces inside, middle dots, full stops, apostrophes and hyphens, and at least one letter.";
        fix: "请按证件填写姓名，不要加数字或其他符号。", "Enter the name as on the document, without digits or other signs.";
    }
    EMAIL_FORMAT = "email.format", 422, AfterFix {
        title: "电子邮箱格式不对", "The e-mail address is malformed";
        detail: "电子邮箱应为“名称@域名”，只含半角字符，最多 254 个字符。", "An e-mail address is name@domain in ASCII characters, 254 at most.";
        fix: "请核对邮箱地址，例如 name@example.com。", "Check the address, for example name@example.com.";
    }
    POSTCODE_FORMAT = "postcode.format", 422, AfterFix {
        title: "邮政编码格式不对", "The postcode is malformed";
        detail: "邮政编码为 6 位半角数字。", "A postcode has 6 ASCII digits.";
        fix: "请核对邮政编码，例如 710000。", "Check the postcode, for example 710000.";
    }
    TELEPHONE_FORMAT = "telephone.format", 422, AfterFix {
        title: "联系电话格式不对", "The telephone number is malformed";
        detail: "联系电话含 5 至 15 位半角数字，可带 +、空格、连字符、括号和分机号。", "A telephone number has 5 to 15 ASCII digits; a plus sign, spaces, hyphens, parentheses and an extension may be added.";
        fix: "请核对电话，例如 029-8888 6666 转 801。", "Check the number, for example 029-8888 6666 ext 801.";
    }
    ADDRESS_LENGTH = "address.length", 422, AfterFix {
        title: "地址长度不对", "The address is empty or too long";
        detail: "地址为 1 至 200 个字符。", "An address has 1 to 200 characters.";
        fix: "请填写地址或缩短它；不再需要的，请清空。", "Enter an address, shorten it, or clear it.";
    }
    TEXT_LENGTH = "text.length", 422, AfterFix {
        title: "文字长度不对", "The text is empty or too long";
        detail: "文字为空，或超过了该字段允许的长度。", "The text is empty, or longer than this field allows.";
        fix: "请填写文字或缩短它。", "Enter it, or shorten it.";
    }
    TEXT_CONTROL_CHARACTERS = "text.control_characters", 422, AfterFix {
        title: "文字含有控制字符", "The text has control characters";
        detail: "文字中不能有换行、制表符、看不见的字符，或叠加过多的音标。", "The text can't have line breaks, tabs, characters that nobody sees, or more than four marks on one letter.";
        fix: "请去掉这些字符；粘贴的文字请重新输入。", "Leave them out; if you pasted the text, type it instead.";
    }
    TEXT_DAMAGED = "text.damaged", 422, AfterFix {
        title: "文字已损坏", "The text is damaged";
        detail: "文字中有无法识别的字符，多半是文件损坏，或编码选错。", "The text has a character that could not be read; most likely the file is damaged, or was read in another encoding than its own.";
        fix: "请从来源重新取得这段文字；文件请以 UTF-8 或 GB 18030 保存。", "Get the text anew from where it came; save files as UTF-8 or GB 18030.";
    }
    SMS_CODE_FORMAT = "sms_code.format", 422, AfterFix {
        title: "验证码格式不对", "The code is malformed";
        detail: "验证码为 6 位半角数字。", "A code has 6 ASCII digits.";
        fix: "请填写短信中的六位数字。", "Enter the six digits from the message.";
    }
    PURPOSE_UNKNOWN = "purpose.unknown", 422, AfterFix {
        title: "不认识的验证码用途", "The purpose of the code is unknown";
        detail: "验证码用途不在支持的范围内。", "The purpose is not one of those supported.";
        fix: "请使用 register、login、reset_password 或 change_phone。", "Use register, login, reset_password or change_phone.";
    }
    METHOD_UNKNOWN = "method.unknown", 422, AfterFix {
        title: "不认识的登录方式", "The way to log in is unknown";
        detail: "登录方式不在支持的范围内。", "The method is not one of those supported.";
        fix: "请使用 password、sms 或 card。", "Use password, sms or card.";
    }
    TIME_FORMAT = "time.format", 400, AfterFix {
        title: "时间格式不对", "The time is malformed";
        detail: "时间应为 RFC 3339 格式并带时区。", "A time is written as in RFC 3339, with its offset.";
        fix: "请使用例如 2026-11-22T01:20:00Z 的写法。", "Write it like 2026-11-22T01:20:00Z.";
    }
    ID_FORMAT = "id.format", 400, AfterFix {
        title: "编号格式不对", "The id is malformed";
        detail: "编号应为带连字符的 UUID。", "An id is a UUID with hyphens.";
        fix: "请原样填写系统给出的编号。", "Enter the id as the system gave it.";
    }
    CURSOR_INVALID = "cursor.invalid", 400, AfterFix {
        title: "翻页位置无效", "The cursor is not valid";
        detail: "cursor 不是本列表给出的 next_cursor。", "The cursor is not a next_cursor that this list gave.";
        fix: "请原样使用上一页的 next_cursor，或去掉 cursor 从头读取。", "Use the next_cursor of the page before as it was, or leave cursor out to start again.";
    }
    LIMIT_RANGE = "limit.range", 400, AfterFix {
        title: "每页条数超出范围", "The limit is out of range";
        detail: "limit 应为 1 至 100 的整数。", "The limit is a whole number from 1 to 100.";
        fix: "请使用 1 至 100 之间的 limit，或去掉它。", "Use a limit from 1 to 100, or leave it out.";
    }
}
