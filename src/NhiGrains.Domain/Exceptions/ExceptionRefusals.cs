namespace NhiGrains.Domain.Exceptions;

/// <summary>Why something cannot be done with an exception.</summary>
internal static class ExceptionRefusals
{
    public static Refusal RulesRequired { get; } = new(
        "RULES_REQUIRED", $"An exception lifts 1 to {ExceptionRequests.MaxRules} rules.", "Name the rules that stand against it: a decision's 'reasons' do.", "rules");

    public static Refusal EntitlementsRequired { get; } = new(
        "ENTITLEMENTS_REQUIRED", $"An exception is for 1 to {ExceptionRequests.MaxEntitlements} entitlements.", "Name what it is for.", "entitlements");

    public static Refusal TooLarge { get; } = new(
        "EXCEPTION_TOO_LARGE", $"What the exception says has more than {ExceptionRequests.LongestText} characters.", "Name fewer rules or resources, or a shorter justification.", "entitlements");

    public static Refusal InvalidName { get; } = new(
        "INVALID_EXCEPTION_NAME", "An exception's name is 1 to 63 lower-case letters, digits and '-', and starts and ends with a letter or digit.", "Choose a name such as 'quarter-end'.", "name");

    public static Refusal NameTaken { get; } = new(
        "EXCEPTION_EXISTS", "The identity has, or had lately, an exception of that name.", "Choose another name.", "name");

    public static Refusal TooMany { get; } = new(
        "TOO_MANY_EXCEPTIONS", $"The identity has {ExceptionRequests.MaxOpen} exceptions that are in force or wait for approvers.", "End some with 'endException', or change the policy.", "name");

    public static Refusal JustificationRequired { get; } = new(
        "JUSTIFICATION_REQUIRED", "Whoever agrees to an exception has to know why it is needed.", "Say why the rules cannot be kept.", "justification");

    public static Refusal Unknown { get; } = new(
        "UNKNOWN_EXCEPTION", "The identity has no such exception.", "Look at the identity's 'exceptions'.", "name");

    public static Refusal NotYours { get; } = new(
        "NOT_YOURS_TO_END", "The identity's owner, who asked for the exception, who approved it, and operators may end it.", "Let one of them end it.", "name");

    public static Refusal NoteRequired { get; } = new(
        "NOTE_REQUIRED", "A review says what was found.", "Say whether the exception is still needed.", "note");

    public static Refusal UnknownRule(string name) => new(
        "UNKNOWN_RULE", $"The policy set in force has no rule '{name}'.", "Name rules of the set in force.", "rules");

    public static Refusal NotExceptionable(string name) => new(
        "NOT_EXCEPTIONABLE", $"The rule '{name}' permits no exceptions.", "Ask for what policy permits, or change the policy.", "rules");

    public static Refusal TooLong(TimeSpan longest) => new(
        "LIFETIME_TOO_LONG", $"Policy permits such an exception for at most {longest}.", "Ask for a shorter time.", "lifetimeSeconds");

    public static Refusal NotPending(PolicyException exception) => new(
        "NOT_PENDING", $"The exception is {exception.Status} and waits for nobody.", "Nothing is to be done; request another if it is needed.", "name");

    public static Refusal NotInForce(PolicyException exception) => new(
        "NOT_IN_FORCE", $"The exception is {exception.Status}.", "Only what is in force can be reviewed.", "name");
}
