/** Gives the function that runs a check, prints its name after that of the library, and returns what the check returns. */
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
