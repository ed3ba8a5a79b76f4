import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// jsdom draws nothing, so it has no places to scroll to and no media to match.
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.scrollBy ??= () => undefined;
