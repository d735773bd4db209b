import { texts } from "@/texts/index.ts";

/** The signature pad. */
export default texts(
  "signature",
  {
    draw: "手写签名",
    upload: "上传图片",
    pad: "签名区：请用鼠标、触控笔或手指书写",
    hint: "请在框内签名",
    undo: "撤销一笔",
    clear: "重写",
    width: "笔画粗细",
    thin: "细",
    medium: "中",
    thick: "粗",
    preview: "签名预览，{width} × {height} 毫米",
    rules: "白纸黑字的照片或扫描件，PNG 或 JPEG",
    empty: "还没有签名",
    fault: {
      signature: { empty: "请先签名", small: "笔迹太小，请写大一些" },
    },
  },
  {
    draw: "Sign here",
    upload: "Upload an image",
    pad: "Signature: write with mouse, pen or finger",
    hint: "Please sign inside the frame",
    undo: "Undo a stroke",
    clear: "Clear",
    width: "Pen",
    thin: "Thin",
    medium: "Medium",
    thick: "Thick",
    preview: "Signature, {width} × {height} mm",
    rules: "A photograph or scan, black on white paper, PNG or JPEG",
    empty: "No signature yet",
    fault: {
      signature: { empty: "Please sign first", small: "The strokes are too small; write larger" },
    },
  },
);
