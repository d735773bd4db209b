import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { afterLogin, makeRouter } from "./router/index.ts";
import { useSession } from "./session/session.ts";
import { i18n } from "./texts/index.ts";
import { breath } from "./ui/breath.ts";
import "./styles/base.css";

function start(): void {
  const app = createApp(App);
  app.use(createPinia());
  app.use(i18n);
  const router = makeRouter();
  app.use(router);
  const session = useSession();
  session.onClosed(() => {
    if (router.currentRoute.value.meta.for !== undefined) {
      void router.replace({ name: "login" });
    }
  });
  session.onJoined(() => {
    const { name, query } = router.currentRoute.value;
    if (name === "login") {
      void router.replace(afterLogin(query["next"]));
    }
  });
  app.mount("#app");
}

// What came with the page has just run. Not awaited here: a module that waits makes another file of each page that is fetched while it does.
void breath().then(start);
