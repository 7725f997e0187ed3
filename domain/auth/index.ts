export {
  type Account,
  type AccountItem,
  accountKey,
  addressKey,
  CUSTOMER_SCHEMA,
  type CustomerItem,
  customerAmong,
  DIRECTORY_INDEXES,
  decideIdentity,
  type Identity,
  liveAmong,
  SECOND_FACTOR_ELSEWHERE,
  SecondFactorElsewhereError,
} from "./directory";
export { missingIn, PASSWORD_POLICY } from "./password";
export {
  CODES_PATH,
  type CodeRequested,
  type CognitoSettings,
  SIGN_IN_OPERATIONS,
  type SignInSettings,
  signInPath,
} from "./settings";
export {
  type Claims,
  CUSTOMER_CLAIM,
  GROUPS,
  groupsOf,
  isIn,
  SECOND_FACTOR_CLAIM,
  type SignedIn,
  signedInFrom,
} from "./signedIn";
export {
  type CodeAnswer,
  type CodeMail,
  type CodeTexts,
  composeCodeMail,
  countMail,
  decodeAnswer,
  encodeAnswer,
  type Mailed,
  SIGN_IN_CODE,
} from "./signInCode";
