/** Returns a function that runs a check, prints `ok LIBRARY: NAME`, and returns the result of the check. */
export function checksOf(library) {
    return async (name, body) => {
        try {
            const result = await body();
            console.log(`ok ${library}: ${name}`);
            return result;
        } catch (cause) {
            throw new Error(`not ok ${library}: ${name}`, { cause });
        }
    };
}
