//! Seals and signature images (J15, J16).

use super::refusals;

refusals! { SEAL:
    SEAL_LEGAL_PERSON_CARD_REQUIRED = "seal.legal_person_card_required", 403, AfterFix {
        title: "须使用法人卡登录", "The legal-person card is required";
        detail: "新增、修改和启用印章须使用本企业的法人卡登录。", "Seals are made, changed and put into use only in a session with the enterprise's legal-person card.";
        fix: "请插入法人卡，重新以 IC 卡登录后再操作。", "Put the legal-person card in, log in with it, and try again.";
    }
    SEAL_NAME_LENGTH = "seal_name.length", 422, AfterFix {
        title: "印章名称长度不对", "The seal's name is empty or too long";
        detail: "印章名称为 1 至 64 个字符。", "A seal's name has 1 to 64 characters.";
        fix: "请填写名称或缩短它。", "Enter a name or shorten it.";
    }
    SEAL_KIND_UNKNOWN = "seal_kind.unknown", 422, AfterFix {
        title: "不认识的印章类型", "The kind of seal is unknown";
        detail: "印章类型不在支持的范围内。", "The kind is not one of those supported.";
        fix: "请使用 official、contract、finance、customs 或 invoice。", "Use official, contract, finance, customs or invoice.";
    }
    SEAL_SHAPE_UNKNOWN = "shape.unknown", 422, AfterFix {
        title: "不认识的印章形状", "The shape of the seal is unknown";
        detail: "印章形状不在支持的范围内。", "The shape is not one of those supported.";
        fix: "请使用 round、ellipse 或 rectangle。", "Use round, ellipse or rectangle.";
    }
    SEAL_NOTHING_TO_CHANGE = "seal.nothing_to_change", 422, AfterFix {
        title: "没有要修改的内容", "There is nothing to change";
        detail: "请求中没有名称、类型、形状和图片，或者与现有的相同。", "The request has no name, kind, shape or image, or they are as they were.";
        fix: "请至少修改其中一项。", "Change at least one of them.";
    }
    SEAL_STATE = "seal.state", 409, AfterFix {
        title: "印章的状态不允许这项操作", "The seal's state doesn't allow this";
        detail: "草稿可启用，启用中的可停用或设为默认，停用的可恢复。", "A draft can be authorized, an authorized one disabled or made the default, a disabled one enabled.";
        fix: "请刷新页面查看当前状态后再操作。", "Look at its present state and choose what fits it.";
    }
    SEAL_EXPIRED = "seal.expired", 409, AfterFix {
        title: "印章已过有效期", "The seal is past its last day";
        detail: "印章的有效期到制章时法人卡证书的到期日为止，现在已过。", "A seal is valid as long as the certificate of the legal-person card that made it, and that time is over.";
        fix: "请用更新了证书的法人卡登录，修改印章以重新签署。", "Log in with the renewed legal-person card and change the seal, which signs it anew.";
    }
    SEAL_EVIDENCE_BROKEN = "seal.evidence_broken", 409, Never {
        title: "印章的证据不完整", "The seal's evidence is broken";
        detail: "印章的数据与制作时签署的内容不一致，可能被改动过，因此不予提供。", "The seal's data are not what was signed when it was made; they may have been tampered with, and are not given out.";
        fix: "请停止使用该印章，并联系平台客服。", "Stop using this seal and contact the platform's support.";
    }
    SEAL_DAILY_LIMIT = "seal.daily_limit", 429, Later {
        title: "今天制作的印章太多", "Too many seals were made today";
        detail: "企业在二十四小时内制作和修改印章的次数已达上限。", "The enterprise has made and changed as many seals as it may in 24 hours.";
        fix: "请稍后再试。", "Try again later.";
    }
    SEAL_LIMIT = "seal.limit", 409, AfterFix {
        title: "印章数量已达上限", "There are as many seals as there may be";
        detail: "企业的印章数量已达上限。", "The enterprise has as many seals as it may have.";
        fix: "请先删除不再使用的印章。", "Delete seals that are not used any more.";
    }
    SIGNATURE_STATE = "signature.state", 409, AfterFix {
        title: "签名的状态不允许这项操作", "The signature's state doesn't allow this";
        detail: "草稿可启用，启用中的可停用或设为默认，停用的可恢复。", "A draft can be authorized, an authorized one disabled or made the default, a disabled one enabled.";
        fix: "请刷新页面查看当前状态后再操作。", "Look at its present state and choose what fits it.";
    }
    SIGNATURE_LIMIT = "signature.limit", 409, AfterFix {
        title: "签名数量已达上限", "There are as many signatures as there may be";
        detail: "您的签名数量已达上限。", "You have as many signature images as you may have.";
        fix: "请先删除不再使用的签名。", "Delete those that are not used any more.";
    }
    IMAGE_ENCODING = "image.encoding", 422, AfterFix {
        title: "图片不是有效的 Base64", "The image is not valid Base64";
        detail: "图片应为 PNG 或 JPEG 文件内容的 Base64 或 Base64URL。", "The image is a PNG or JPEG file's content in Base64 or Base64URL.";
        fix: "请去掉 data 前缀和空白后重新发送。", "Leave out the data prefix and white space, and send it again.";
    }
    IMAGE_UNREADABLE = "image.unreadable", 422, AfterFix {
        title: "图片无法识别", "The image can't be read";
        detail: "文件不是完整的 PNG 或 JPEG 图片，可能已损坏或被截断。", "The file is not one whole PNG or JPEG image; it may be damaged or cut off.";
        fix: "请用图片软件重新导出为 PNG 或 JPEG 后再上传。", "Export it as PNG or JPEG anew and upload that.";
    }
    IMAGE_FOREIGN_CONTENT = "image.foreign_content", 422, AfterFix {
        title: "图片文件中有其他内容", "The image file has something else in it";
        detail: "图片之后或附注中有不属于图片的数据。", "There are data after the image, or in its annotations, that don't belong to an image.";
        fix: "请用图片软件重新导出，不要附带其他数据。", "Export it anew, without other data.";
    }
    IMAGE_ANIMATED = "image.animated", 422, AfterFix {
        title: "不接受动画图片", "The image is animated";
        detail: "印章和签名须为静止图片。", "Seals and signatures are still images.";
        fix: "请导出为单帧的 PNG。", "Export a single frame as PNG.";
    }
    IMAGE_COLOUR_MODEL = "image.colour_model", 422, AfterFix {
        title: "图片的颜色模式不对", "The image's colour model is not taken";
        detail: "只接受 RGB 或灰度图片，不接受 CMYK。", "Only RGB and greyscale images are taken, not CMYK.";
        fix: "请转换为 RGB 后再上传。", "Convert it to RGB and upload that.";
    }
    IMAGE_PIXELS = "image.pixels", 422, AfterFix {
        title: "图片的像素太多", "The image has too many pixels";
        detail: "图片的像素超过了该形状在 1200 dpi 下的最大尺寸。", "The image has more pixels than the shape's largest size at 1200 dpi.";
        fix: "请以 600 dpi 重新导出。", "Export it at 600 dpi.";
    }
    IMAGE_RESOLUTION = "image.resolution", 422, AfterFix {
        title: "图片的分辨率不足或缺失", "The image's resolution is too low or missing";
        detail: "印章图片至少 600 dpi，且须写在文件中，签名图片至少 150 dpi，横纵一致。", "A seal's image has 600 dpi at least and says so in the file, a signature 150, the same in both directions.";
        fix: "请以 600 dpi 扫描或导出，并保留分辨率信息。", "Scan or export it at 600 dpi and keep the resolution in the file.";
    }
    IMAGE_SIZE = "image.size", 422, AfterFix {
        title: "图片的实际尺寸不对", "The image's size on paper is not allowed";
        detail: "圆形不超过 45 毫米，矩形不超过 55×40 毫米，椭圆不超过 55×45 毫米，签名不超过 35×30 毫米，且各边不小于 2 毫米。", "Round is at most 45 mm, rectangular 55 by 40 mm, elliptic 55 by 45 mm, a signature 35 by 30 mm; no side is below 2 mm.";
        fix: "请裁去多余的边缘，或检查文件中的分辨率。", "Cut off the margins, or check the resolution in the file.";
    }
    IMAGE_NOT_ROUND = "image.not_round", 422, AfterFix {
        title: "圆形印章的宽高不一致", "The round seal is not round";
        detail: "圆形印章图片的宽与高应当相同。", "The image of a round seal is as wide as it is high.";
        fix: "请裁成正方形，或选择椭圆形。", "Cut it to a square, or choose an ellipse.";
    }
    IMAGE_COLOUR = "image.colour", 422, AfterFix {
        title: "印章的颜色不对", "The seal's colour is not allowed";
        detail: "印章须为白底或透明底上的红色或蓝色，且只有一种颜色。", "A seal is red or blue, one of them, on white or transparent ground.";
        fix: "请去掉底色和其他颜色后重新上传。", "Remove the background and other colours, and upload it again.";
    }
    IMAGE_INK = "image.ink", 422, AfterFix {
        title: "图片几乎是空的或全满的", "The image is almost empty or almost full";
        detail: "图片中几乎没有印迹，或印迹几乎占满了整张图片。", "There is hardly any ink in the image, or hardly any ground.";
        fix: "请上传印章或签名本身的图片。", "Upload the image of the seal or the signature itself.";
    }
    IMAGE_TRANSPARENCY = "image.transparency", 422, AfterFix {
        title: "签名须为透明底的 PNG", "A signature is a PNG with transparent ground";
        detail: "签名图片须为带透明通道的 PNG，笔迹之外透明。", "A signature is a PNG with an alpha channel, transparent where there is no ink.";
        fix: "请在页面上手写签名，或将图片的白底改为透明。", "Draw it in the page, or make the image's white ground transparent.";
    }
    IMAGE_SIGNATURE_COLOUR = "image.signature_colour", 422, AfterFix {
        title: "签名须为黑色", "A signature is black";
        detail: "签名的笔迹须为黑色。", "The ink of a signature is black.";
        fix: "请使用黑色笔迹。", "Use black ink.";
    }
}
