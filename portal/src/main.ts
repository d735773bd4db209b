import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { makeRouter } from "./router/index.ts";
import { useSession } from "./session/session.ts";
import { i18n } from "./texts/index.ts";
import "./styles/base.css";

const app = createApp(App);
app.use(createPinia());
app.use(i18n);
const router = makeRouter();
app.use(router);
useSession().onClosed(() => {
  if (router.currentRoute.value.meta.for !== undefined) {
    void router.replace({ name: "login" });
  }
});
app.mount("#app");
