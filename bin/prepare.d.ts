/** The repository's directory. */
export declare const root: string;
/** Installs and builds what is missing; ends the process with a sentence when it cannot. */
export declare function prepare(): Promise<void>;
