/** Returns a function that runs a check, prints the names of the library and of the check, and returns the result. */
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
