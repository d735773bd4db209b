//! What the card bridge on a person's desktop refuses with: card, reader, PIN, and which page may ask.

use super::refusals;

refusals! { BRIDGE:
    BRIDGE_NO_SERVICE = "bridge.no_service", 503, Later {
        title: "智能卡服务没有运行", "The smart card service is not running";
        detail: "系统的智能卡服务（PC/SC）没有启动或刚刚停止。", "The system's smart card service (PC/SC) was not started or has just stopped.";
        fix: "请启动智能卡服务：Linux 为 pcscd，Windows 为 Smart Card 服务；启动后无需重启卡助手。", "Start the smart card service: pcscd on Linux, the Smart Card service on Windows; the card bridge finds it by itself.";
    }
    BRIDGE_NO_READER = "bridge.no_reader", 409, AfterFix {
        title: "没有找到读卡器", "There is no card reader";
        detail: "系统中没有已连接的读卡器。", "No card reader is connected.";
        fix: "请插好读卡器；如仍找不到，请安装它的驱动程序，或换一个 USB 接口。", "Plug the reader in; if it is still not found, install its driver or use another USB port.";
    }
    BRIDGE_READER_UNKNOWN = "bridge.reader_unknown", 404, AfterFix {
        title: "没有这个读卡器", "There is no such reader";
        detail: "请求中指定的读卡器不存在或已拔出。", "The reader named in the request doesn't exist or was unplugged.";
        fix: "请用 readers 重新查询读卡器，或不指定读卡器。", "Ask for the readers again, or leave the reader out.";
    }
    BRIDGE_NO_CARD = "bridge.no_card", 409, AfterFix {
        title: "没有插卡", "There is no card in the reader";
        detail: "读卡器中没有卡。", "No card is in any reader.";
        fix: "请将 IC 卡芯片朝上插到底。", "Put the card in, chip up, as far as it goes.";
    }
    BRIDGE_CARD_MUTE = "bridge.card_mute", 409, AfterFix {
        title: "卡没有应答", "The card doesn't answer";
        detail: "读卡器中有卡，但卡没有应答，可能插反、接触不良或已损坏。", "There is a card, but it doesn't answer: put in the wrong way round, dirty, or broken.";
        fix: "请取出卡，擦净芯片，确认方向后重新插入；仍无应答请联系制卡中心。", "Take the card out, wipe the chip, and put it in the right way round; if it stays mute, ask the card's issuer.";
    }
    BRIDGE_CARD_UNKNOWN = "bridge.card_unknown", 422, AfterFix {
        title: "不认识的卡", "The card is of an unknown kind";
        detail: "卡中没有本程序支持的应用。", "The card has no application that this program can drive.";
        fix: "请确认插入的是电子口岸 IC 卡，而不是银行卡等其他卡。", "Make sure that it is the port's card, and not a bank card or another one.";
    }
    BRIDGE_CARD_REMOVED = "bridge.card_removed", 409, AfterFix {
        title: "操作中途卡被取出", "The card was taken out midway";
        detail: "操作没有完成时卡被取出、更换或读卡器被拔出，没有产生签名。", "The card was taken out or changed, or the reader unplugged, before the operation was done; nothing was signed.";
        fix: "请插好卡后重新操作，完成之前不要取出。", "Put the card in and try again; leave it in until it is done.";
    }
    BRIDGE_CARD_SHARED = "bridge.card_shared", 409, AfterFix {
        title: "卡正被其他程序占用", "Another program is using the card";
        detail: "其他程序独占了读卡器或卡，一直没有放开。", "Another program holds the reader or the card and hasn't let go of it.";
        fix: "请关闭其他使用该卡的程序（例如旧的客户端控件、网银或邮件程序）后重试。", "Close other programs that use the card, such as an old client control, a bank's or a mail program, and try again.";
    }
    BRIDGE_CARD_FAILED = "bridge.card_failed", 502, AfterFix {
        title: "卡拒绝了操作", "The card refused the operation";
        detail: "卡的应答不符合规范，或拒绝了该操作。", "The card's answer is not as the standard says, or it refused the operation.";
        fix: "请取出卡重新插入后再试；如持续出现，请联系制卡中心。", "Take the card out, put it in again and try once more; if it goes on, ask the card's issuer.";
    }
    BRIDGE_CERTIFICATE_UNUSABLE = "bridge.certificate_unusable", 422, AfterFix {
        title: "卡中没有可用的证书", "The card has no certificate that can be used";
        detail: "卡中没有证书、证书无法读取，或密钥不是 SM2、P-256、RSA-2048。", "There is no certificate on the card, it can't be read, or its key is not SM2, P-256 or RSA-2048.";
        fix: "请联系制卡中心重新写入证书。", "Ask the card's issuer to write the certificate again.";
    }
    BRIDGE_SIGNATURE_INVALID = "bridge.signature_invalid", 502, AfterFix {
        title: "卡给出的签名不正确", "The card's signature is wrong";
        detail: "卡给出的签名与卡中证书不符，因此没有交给网页。", "The signature from the card doesn't fit the certificate on it, so the page didn't get it.";
        fix: "请取出卡重新插入后再试；如持续出现，请联系制卡中心，并核对设置中的 SM2 算法编号。", "Put the card in again and try once more; if it goes on, ask the card's issuer and check the algorithm id for SM2 in the settings.";
    }
    BRIDGE_PIN_WRONG = "bridge.pin_wrong", 403, AfterFix {
        title: "PIN 不正确", "The PIN is wrong";
        detail: "卡没有接受输入的 PIN。", "The card did not accept the PIN.";
        fix: "请核对 PIN 后重试；次数用完卡将被锁定。", "Check the PIN and try again; the card locks when no try is left.";
    }
    BRIDGE_PIN_BLOCKED = "bridge.pin_blocked", 403, Never {
        title: "PIN 已锁定", "The PIN is blocked";
        detail: "PIN 输错次数过多，卡已锁定。", "The PIN was entered wrongly too often, and the card has locked itself.";
        fix: "请携带证件到制卡中心解锁。", "Take the card and your id document to the card's issuer to have it unlocked.";
    }
    BRIDGE_PIN_FORMAT = "bridge.pin_format", 422, AfterFix {
        title: "PIN 格式不对", "The PIN is malformed";
        detail: "PIN 的长度或字符不符合卡的要求，没有送入卡，不计次数。", "The PIN's length or characters are not what the card takes; it was not sent to the card and costs no try.";
        fix: "请输入 6 至 8 位半角字符的 PIN。", "Enter a PIN of 6 to 8 ASCII characters.";
    }
    BRIDGE_PIN_MISMATCH = "bridge.pin_mismatch", 422, AfterFix {
        title: "两次输入的新 PIN 不一致", "The two new PINs differ";
        detail: "两次输入的新 PIN 不一致，PIN 没有修改。", "The new PIN was entered in two ways; the PIN was not changed.";
        fix: "请重新修改，并两次输入相同的新 PIN。", "Try again and enter the same new PIN twice.";
    }
    BRIDGE_NO_PINENTRY = "bridge.no_pinentry", 409, AfterFix {
        title: "无法打开 PIN 输入窗口", "The window for the PIN can't be opened";
        detail: "没有找到 pinentry 程序，或它无法启动。", "There is no pinentry program, or it can't be started.";
        fix: "请安装 pinentry（例如 pinentry-gtk2、pinentry-qt、pinentry-mac 或 Gpg4win），或在设置中写明它的路径。", "Install pinentry (for example pinentry-gtk2, pinentry-qt, pinentry-mac or Gpg4win), or give its path in the settings.";
    }
    BRIDGE_CANCELLED = "bridge.cancelled", 409, AfterFix {
        title: "操作已取消", "The operation was cancelled";
        detail: "您关闭了输入窗口，或网页已断开。", "You closed the window, or the page went away.";
        fix: "如需继续，请在网页上重新操作。", "To go on, start again on the page.";
    }
    BRIDGE_TIMEOUT = "bridge.timeout", 408, Later {
        title: "等待输入超时", "Nobody answered in time";
        detail: "在规定时间内没有输入 PIN 或回答询问。", "The PIN or the answer to the question didn't come in time.";
        fix: "请在网页上重新操作。", "Start again on the page.";
    }
    BRIDGE_BUSY = "bridge.busy", 503, Later {
        title: "正在处理另一个操作", "Another operation is under way";
        detail: "同一时间只能进行一个卡操作。", "There is one card operation at a time.";
        fix: "请先完成或取消已打开的 PIN 窗口，然后重试。", "Finish or cancel the window that is open, then try again.";
    }
    BRIDGE_ORIGIN_REFUSED = "bridge.origin_refused", 403, AfterFix {
        title: "该网站不能使用卡", "This site may not use the card";
        detail: "网页的来源不是 https 网站或本机，或者您没有允许它使用卡。", "The page's origin is neither an https site nor this machine, or you didn't allow it to use the card.";
        fix: "如果您信任该网站，请在询问时选择允许，或将它加入设置中的 allowed_origins。", "If you trust the site, allow it when asked, or add it to allowed_origins in the settings.";
    }
    BRIDGE_ORIGIN_REQUIRED = "bridge.origin_required", 403, AfterFix {
        title: "请求没有来源", "The request has no origin";
        detail: "请求没有 Origin，也没有带正确的程序令牌。", "The request has no Origin and no valid token for programs.";
        fix: "网页请使用浏览器访问；程序请在设置中开启 program_token 并在请求中携带。", "Use a page in a browser; for a program, turn on program_token in the settings and send it.";
    }
    BRIDGE_HOST_REFUSED = "bridge.host_refused", 403, Never {
        title: "地址不对", "The address is wrong";
        detail: "请求的 Host 不是 127.0.0.1 或 localhost 加本程序的端口。", "The request's Host is not 127.0.0.1 or localhost with this program's port.";
        fix: "请使用 http://127.0.0.1 和本程序的端口访问。", "Use http://127.0.0.1 with this program's port.";
    }
    BRIDGE_OTHER_USER = "bridge.other_user", 403, Never {
        title: "这是另一位用户的卡助手", "This card bridge belongs to another user";
        detail: "连接来自本机另一位用户的程序。", "The connection comes from a program of another user of this machine.";
        fix: "请使用您自己的卡助手，它在相邻的端口上。", "Use the card bridge of your own, on one of the next ports.";
    }
    BRIDGE_TOO_MANY_CONNECTIONS = "bridge.too_many_connections", 503, Later {
        title: "连接过多", "There are too many connections";
        detail: "同时打开的连接数已达上限。", "As many connections as allowed are open.";
        fix: "请关闭一些网页后重试。", "Close some pages and try again.";
    }
    BRIDGE_NOT_FOUND = "bridge.not_found", 404, Never {
        title: "没有这个地址", "There is nothing at this address";
        detail: "卡助手没有这个路径或方法。", "The card bridge has no such path or method.";
        fix: "请使用 GET /v1/status 或 WebSocket /v1。", "Use GET /v1/status or the WebSocket /v1.";
    }
    BRIDGE_MESSAGE_MALFORMED = "bridge.message_malformed", 400, AfterFix {
        title: "消息格式不对", "The message is malformed";
        detail: "消息不是含有 id 和 method 的 JSON 对象，或字段的类型不对。", "The message is not a JSON object with id and method, or a field is of the wrong type.";
        fix: "请对照文档检查消息。", "Compare the message with the documentation.";
    }
    BRIDGE_MESSAGE_TOO_LARGE = "bridge.message_too_large", 413, AfterFix {
        title: "消息过大", "The message is too large";
        detail: "一条消息最多 64 KiB。", "A message has at most 64 KiB.";
        fix: "请缩短消息；待签的大文件请只送摘要。", "Send less; of a large document, send the digest.";
    }
    BRIDGE_METHOD_UNKNOWN = "bridge.method_unknown", 400, AfterFix {
        title: "不认识的方法", "The method is unknown";
        detail: "卡助手没有这个方法。", "The card bridge has no such method.";
        fix: "请使用 readers、card、sign 或 change_pin。", "Use readers, card, sign or change_pin.";
    }
    BRIDGE_PARAMS_INVALID = "bridge.params_invalid", 422, AfterFix {
        title: "参数不正确", "The parameters are wrong";
        detail: "purpose、argument、nonce 或其他参数缺失或不正确。", "Purpose, argument, nonce or another parameter is missing or wrong.";
        fix: "请原样使用服务器给出的 purpose、argument 和 nonce。", "Use purpose, argument and nonce as the server gave them.";
    }
    BRIDGE_TEXT_REFUSED = "bridge.text_refused", 403, Never {
        title: "不能签署这段文字", "This text may not be signed";
        detail: "文字是另一个网站的登录凭据，可能有人想冒用您的身份。", "The text is a login challenge of another site; someone may be trying to act in your name.";
        fix: "请关闭该网页，并将此事告诉网站的运营方。", "Close the page and tell the site's operator.";
    }
    BRIDGE_INTERNAL = "bridge.internal", 500, Later {
        title: "卡助手内部错误", "Something went wrong inside the card bridge";
        detail: "卡助手遇到了意外问题，已经记录。", "The card bridge met an unexpected problem, which is in its log.";
        fix: "请重试；如持续出现，请运行 card-bridge doctor。", "Try again; if it goes on, run card-bridge doctor.";
    }
}
