/** A test for or against a unit root, with the lags that its long-run variance or its regression took. */
export interface UnitRootTest {
  statistic: number;
  pValue: number;
  lags: number;
}
