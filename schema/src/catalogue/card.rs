//! Cards: what they sign, what their certificates say, whom they are tied to (J5, J10, J11), and whom certificates are trusted from.

use super::refusals;

refusals! { CARD:
    CARD_CHALLENGE_INVALID = "card.challenge_invalid", 422, AfterFix {
        title: "签名请求无效", "The request to sign is not valid";
        detail: "挑战不存在、已经用过，或者不是为这项操作和您本人发出的。", "The challenge doesn't exist, was used already, or was not made for this purpose and for you.";
        fix: "请重新操作，并用卡签名。", "Start again, and let the card sign.";
    }
    CARD_CHALLENGE_EXPIRED = "card.challenge_expired", 422, AfterFix {
        title: "签名请求已过期", "The request to sign has expired";
        detail: "挑战的有效时间已过。", "The time in which the challenge could be answered is over.";
        fix: "请重新操作，并在两分钟内输入 PIN。", "Start again, and enter the PIN within two minutes.";
    }
    CARD_ORIGIN_REFUSED = "card.origin_refused", 403, Never {
        title: "不接受该网页的请求", "This page may not ask for it";
        detail: "请求所来自的网页地址不在本服务允许的范围内。", "The web origin that the request comes from is not one of this service's.";
        fix: "请从本平台的网址打开页面；如果是您在部署，请在 card_origins 中加入该地址。", "Open the page at the platform's own address; if you run the service, add the origin to card_origins.";
    }
    CARD_SIGNATURE_INVALID = "card.signature_invalid", 422, AfterFix {
        title: "卡的签名不正确", "The card's signature is wrong";
        detail: "签名不是证书所属的卡对这个挑战作出的。", "The signature is not the one of the certificate's card over this challenge.";
        fix: "请确认卡没有更换、页面地址没有改变，然后重新操作。", "Make sure that the card and the page's address are the same, then start again.";
    }
    CARD_ALGORITHM_REFUSED = "card.algorithm_refused", 422, AfterFix {
        title: "不接受该算法", "This algorithm is refused";
        detail: "只接受 SM2、ES256 和 RS256，且须与证书的密钥一致；不接受 SHA-1。", "Only SM2, ES256 and RS256 are taken, as fits the certificate's key; SHA-1 is refused.";
        fix: "请升级客户端控件；证书本身使用 SHA-1 的，请到制卡机构换证。", "Update the card client; if the certificate itself uses SHA-1, have the issuer replace it.";
    }
    CARD_ENCODING = "card.encoding", 422, AfterFix {
        title: "不是有效的 Base64", "This is not valid Base64";
        detail: "证书和签名应为 DER 的 Base64 或 Base64URL。", "Certificate and signature are DER in Base64 or Base64URL.";
        fix: "请去掉 PEM 的首尾行和空白后重新发送。", "Leave out PEM lines and white space, and send it again.";
    }
    CARD_CERTIFICATE_MALFORMED = "card.certificate_malformed", 422, AfterFix {
        title: "证书无法识别", "The certificate can't be read";
        detail: "所给的不是一张完整的 DER 证书，或其中有无法识别的内容。", "What was given is not one whole DER certificate, or there is something in it that can't be understood.";
        fix: "请使用卡中的签名证书；仍然失败的，请联系制卡机构。", "Use the card's signing certificate; if it still fails, contact the issuer.";
    }
    CARD_CERTIFICATE_INCOMPLETE = "card.certificate_incomplete", 422, Never {
        title: "证书中缺少信息", "The certificate lacks something";
        detail: "证书中没有持卡人证件、卡号或企业代码，或者内容不符合要求。", "The certificate doesn't say the holder's id document, the card's number or the enterprise's code, or not as it must be.";
        fix: "请确认插入的是电子口岸卡；如果是您在部署，请检查 card_profile。", "Make sure that it is an electronic port card; if you run the service, check card_profile.";
    }
    CARD_EXPIRED = "card.expired", 403, Never {
        title: "证书已过期", "The certificate has expired";
        detail: "卡中证书的有效期已过。", "The certificate on the card is past its last day.";
        fix: "请到制卡机构更新证书。", "Have the issuer renew the certificate.";
    }
    CARD_NOT_YET_VALID = "card.not_yet_valid", 403, Later {
        title: "证书尚未生效", "The certificate is not valid yet";
        detail: "卡中证书的生效日期还没有到。", "The certificate on the card is before its first day.";
        fix: "请在证书生效之后再使用。", "Use it from its first day on.";
    }
    CARD_REVOKED = "card.revoked", 403, Never {
        title: "证书已被吊销", "The certificate was revoked";
        detail: "发证机构已吊销该证书。", "Its issuer has revoked this certificate.";
        fix: "请联系制卡机构；卡已遗失又找回的，请换新卡。", "Contact the issuer; a card that was lost and found needs to be replaced.";
    }
    CARD_UNKNOWN_ISSUER = "card.unknown_issuer", 403, Never {
        title: "不认识的发证机构", "The certificate's issuer is unknown";
        detail: "证书不是由本平台信任的机构签发的。", "None of the authorities that this platform trusts has issued the certificate.";
        fix: "请使用电子口岸卡；如果是您在部署，请用 eport trust import 导入发证机构的证书。", "Use an electronic port card; if you run the service, import the issuer with eport trust import.";
    }
    CARD_WRONG_KEY_USAGE = "card.wrong_key_usage", 403, AfterFix {
        title: "该证书不能用于登录", "The certificate is not for logging in";
        detail: "证书的密钥用途中没有数字签名，或者限定了其他用途。", "The certificate's key usage lacks digitalSignature, or allows other uses only.";
        fix: "卡中有两张证书的，请选用签名证书，而不是加密证书。", "If the card has two certificates, use the one for signing, not the one for encryption.";
    }
    CARD_WEAK_KEY = "card.weak_key", 403, Never {
        title: "证书的密钥太短", "The certificate's key is too short";
        detail: "RSA 密钥不足 2048 位，已不安全。", "An RSA key of fewer than 2048 bits is not safe any more.";
        fix: "请到制卡机构换发新卡。", "Have the issuer replace the card.";
    }
    CARD_REVOCATION_UNKNOWN = "card.revocation_unknown", 403, Later {
        title: "无法确认证书是否被吊销", "Whether the certificate was revoked can't be told";
        detail: "发证机构的吊销列表缺失、过期或无法验证。", "The issuer's revocation list is missing, out of date or can't be verified.";
        fix: "请稍后重试；如果是您在部署，请导入新的吊销列表。", "Try again later; if you run the service, import a current revocation list.";
    }
    CARD_HOLDER_MISMATCH = "card.holder_mismatch", 403, Never {
        title: "持卡人与账号信息不符", "The card's holder is not the account's person";
        detail: "证书中持卡人的证件与账号的证件不一致。", "The id document in the certificate is not the one of the account.";
        fix: "请使用您本人的卡；证件信息有误的，请联系平台客服。", "Use your own card; if the account's id document is wrong, contact the platform's support.";
    }
    CARD_ENTERPRISE_MISMATCH = "card.enterprise_mismatch", 403, AfterFix {
        title: "卡所属企业与账号所属企业不符", "The card is of another enterprise";
        detail: "您的账号属于一家企业，而这张卡属于另一家企业；一个账号同时只能属于一家企业。", "Your account belongs to one enterprise and the card to another; an account belongs to one enterprise at a time.";
        fix: "请先用密码或短信登录，请原企业的管理员将您移出（您是管理员的，请先移交管理员），再用此卡登录。您从未加入那家企业的，可能有人冒用您的证件号码注册，请联系平台客服。", "Log in with password or phone code and have your enterprise's administrator remove you (hand over first if you are the administrator), then log in with this card. If you never joined that enterprise, somebody may have registered with your id number: turn to the platform's support.";
    }
    CARD_NUMBER_MISMATCH = "card.number_mismatch", 422, AfterFix {
        title: "卡号与卡不符", "The card number is not the card's";
        detail: "填写的卡号与证书中的卡号不一致。", "The number that was entered is not the one in the certificate.";
        fix: "请核对卡面上的卡号，并确认插入的是同一张卡。", "Compare it with the number on the card, and make sure that the same card is in the reader.";
        field: "card_number";
    }
    CARD_ALREADY_BOUND = "card.already_bound", 409, Never {
        title: "该卡已绑定其他账号", "The card is tied to another account";
        detail: "一张卡只能绑定一个账号，这张卡已由他人绑定。", "A card is tied to one account, and this one is tied to somebody else's.";
        fix: "请先由原账号解绑；无法解绑的，请联系平台客服。", "Have it unbound there first; if that can't be done, contact the platform's support.";
    }
    CARD_LAST_CREDENTIAL = "card.last_credential", 409, AfterFix {
        title: "这张卡是唯一的登录方式", "The card is the only way in";
        detail: "账号尚未激活，没有密码和手机号，解绑后将无法登录。", "The account is not active yet and has neither password nor phone: without the card nobody could log in.";
        fix: "请先完成账号激活，再解绑。", "Activate the account first, then unbind the card.";
    }
    CARD_NOT_BOUND = "card.not_bound", 404, AfterFix {
        title: "没有绑定的卡", "No card is tied to the account";
        detail: "您的账号没有绑定 IC 卡。", "Your account has no card.";
        fix: "如需用卡登录，请先绑定本人的卡。", "Bind your own card if you want to log in with it.";
    }
    CARD_SESSION_REQUIRED = "card.session_required", 403, AfterFix {
        title: "请用 IC 卡登录", "Please log in with the card";
        detail: "这项操作只能在用卡登录的会话中进行。", "This can be done only in a session that was opened with the card.";
        fix: "请插入 IC 卡并重新登录。", "Insert the card and log in with it.";
    }
    CARD_NUMBER_FORMAT = "card_number.format", 422, AfterFix {
        title: "卡号格式不对", "The card number is malformed";
        detail: "卡号是 4 到 32 位半角字母和数字。", "A card number is 4 to 32 ASCII letters and digits.";
        fix: "请对照卡面填写卡号。", "Enter the number printed on the card.";
    }
    CARD_DIGEST_FORMAT = "digest.format", 422, AfterFix {
        title: "摘要格式不对", "The digest is malformed";
        detail: "摘要是 32 字节的十六进制，共 64 个字符。", "A digest is 32 bytes in hexadecimal: 64 characters.";
        fix: "请发送所要签名内容的摘要。", "Send the digest of what is to be signed.";
    }
    CARD_PURPOSE_UNKNOWN = "card.purpose_unknown", 422, AfterFix {
        title: "不认识的挑战用途", "The purpose of the challenge is unknown";
        detail: "挑战的用途不认识，或者缺少、多出了卡号或摘要。", "The purpose is unknown, or the card number or digest that belongs to it is missing or one too many.";
        fix: "用途为 login、bind（须有 card_number）、seal（须有 digest）或 admin_transfer。", "The purpose is login, bind (with card_number), seal (with digest) or admin_transfer.";
    }
    TRUST_MALFORMED = "trust.malformed", 422, AfterFix {
        title: "文件无法识别", "The file can't be read";
        detail: "所给的不是一张 DER 证书或一份吊销列表。", "What was given is not one DER certificate or revocation list.";
        fix: "请选择 PEM 或 DER 格式的证书或吊销列表；通过接口提交的，为 DER 的 Base64。", "Choose a certificate or list in PEM or DER; through the API, send the DER in Base64.";
    }
    TRUST_KIND = "kind.unknown", 422, AfterFix {
        title: "不认识的证书类别", "The kind of certificate is unknown";
        detail: "类别应为 anchor 或 intermediate。", "The kind is anchor or intermediate.";
        fix: "根证书请用 anchor，中级证书请用 intermediate。", "Use anchor for a root, intermediate for one below it.";
    }
    TRUST_NOT_AUTHORITY = "trust.not_authority", 422, AfterFix {
        title: "不是发证机构的证书", "This is not an authority's certificate";
        detail: "该证书不能用来签发其他证书。", "This certificate may not issue others.";
        fix: "请导入发证机构的根证书或中级证书，而不是用户证书。", "Import the certificate of an authority, a root or one between, not a person's.";
    }
    TRUST_LIST_UNSUPPORTED = "trust.list_unsupported", 422, AfterFix {
        title: "不支持该吊销列表", "This revocation list is not supported";
        detail: "只支持带编号的第 2 版完整吊销列表，不支持增量或间接列表。", "Only a complete list of version 2 with a number is understood, no delta and no indirect one.";
        fix: "请向发证机构索取完整的吊销列表。", "Ask the issuer for a complete list.";
    }
    TRUST_KNOWN = "trust.known", 409, Never {
        title: "已经在信任库中", "It is in the trust store already";
        detail: "信任库中已有同样的证书或吊销列表。", "The trust store has this very certificate or revocation list.";
        fix: "不需要再次导入。", "There is nothing to do.";
    }
    TRUST_LIST_OUTDATED = "trust.list_outdated", 409, Never {
        title: "吊销列表比现有的旧", "The revocation list is older than the one kept";
        detail: "信任库中已有同一发证机构更新的吊销列表。", "The trust store has a newer list of the same issuer.";
        fix: "请导入发证机构最新发布的吊销列表。", "Import the newest list that the issuer has published.";
    }
}
